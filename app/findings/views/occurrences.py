"""Tagging every place where words occur: choosing them, what it would do, and doing it."""

import re
import uuid
from dataclasses import replace

from flask import request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.forms import read_key
from app.annotations.service import occurrences as service
from app.annotations.service.bulk import refuse_too_many
from app.annotations.service.occurrences import SeenPlace, TagPlan
from app.core.errors import Conflict, Invalid
from app.findings.asked import Asked, ask
from app.findings.pages import bulk_text
from app.findings.pages import occurrences as pages
from app.findings.pages.occurrences import OccurrencesTyped, Ticks
from app.findings.queries.matching import of_words
from app.findings.views.searches import asked_in_form
from app.frozen import frozen
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.web.responses import read_number, render, see_other
from app.web.session import get_session, reopen_for_reading

_PLACE = re.compile(r"[0-9]{1,9}(\.[0-9]{1,9})+", re.ASCII)


@frozen
class OccurrencesForm:
    """Which places are ticked, what they are to be tagged with, and which page is asked for."""

    asked: Asked
    ticks: Ticks
    typed: OccurrencesTyped
    number: str | None
    is_act: bool
    is_confirmed: bool
    count: int | None

    @classmethod
    def read(cls) -> "OccurrencesForm":
        """Read the form as it was sent."""
        form = request.form
        ticks = Ticks(
            as_of=read_number(form.get("as_of")) or 0,
            is_all=form.get("begin") != "none",
            flipped=set(_read_places(form.get("flipped", ""), 2)),
        )
        shown = _read_places(form.get("shown", ""), 2)
        ticked = _read_places(",".join(form.getlist("pick")), 2)
        return cls(
            asked=of_words(asked_in_form()),
            ticks=ticks.after(shown, ticked),
            typed=_typed(),
            number=form.get("page"),
            is_act=form.get("act") == "tag",
            is_confirmed=form.get("confirm") == "1",
            count=read_number(form.get("count")),
        )


def occurrences(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.TAG)
    session = get_session()
    asked = of_words(ask(request.args)[0])
    ticks = Ticks(service.last_seen(session, member), request.args.get("tick") != "none")
    hits = pages.read_hits(session, member, asked)
    page = pages.occurrences_page(
        session, member, asked, hits, ticks=ticks, number=None, typed=OccurrencesTyped()
    )
    return render("findings/occurrences.html", page)


def tag(slug: str) -> ResponseReturnValue:
    """Show another page of the places, say what would be tagged, or tag it."""
    member = current_member(slug, Act.TAG)
    session = get_session()
    form = OccurrencesForm.read()
    try:
        if form.is_confirmed:
            return _carry_out(session, member, form)
        if form.is_act:
            return _preview(session, member, form)
    except (Invalid, Conflict) as error:
        session = reopen_for_reading()
        member = current_member(slug)
        field = error.field if isinstance(error, Invalid) else ""
        page = replace(_page(session, member, form), problem=error.message, field=field)
        return render("findings/occurrences.html", page, error.status)
    return render("findings/occurrences.html", _page(session, member, form))


def _page(session: Session, member: Member, form: OccurrencesForm) -> pages.OccurrencesPage:
    hits = pages.read_hits(session, member, form.asked)
    return pages.occurrences_page(
        session,
        member,
        form.asked,
        hits,
        ticks=form.ticks,
        number=form.number,
        typed=form.typed,
    )


def _preview(session: Session, member: Member, form: OccurrencesForm) -> ResponseReturnValue:
    hits = pages.read_hits(session, member, form.asked)
    refuse_too_many(hits)
    changed = service.texts_since(session, member.project_id, form.ticks.as_of)
    newer = [pages.spot_of(hit) for hit in hits if hit.article_id in changed]
    spots = [
        pages.spot_of(hit) for hit in hits if hit.article_id not in changed and form.ticks.has(hit)
    ]
    tagged = pages.tagged_since(session, member, form.asked, form.ticks)
    if not spots and not newer and not tagged:
        raise Invalid("pick", "Tick some places first.")
    plan = service.plan(session, actor=member, spots=spots, as_of=form.ticks.as_of, **_fields(form))
    plan = replace(plan, moved=newer, tagged=[*plan.tagged, *tagged])
    page = _preview_page(session, member, form, spots, plan)
    page = replace(
        page,
        counted="" if newer else bulk_text.counted(form.count, len(hits)),
        will=pages.will_tag(plan, form.typed.tag),
        client_key=uuid.uuid4().hex,
    )
    return render("findings/occurrences_preview.html", page)


def _carry_out(session: Session, member: Member, form: OccurrencesForm) -> ResponseReturnValue:
    places = _read_places(request.form.get("spots", ""), len(SeenPlace._fields))
    spots = [SeenPlace(*each) for each in places]
    done, event_id = service.carry_out(
        session,
        actor=member,
        spots=spots,
        client_key=read_key(request.form.get("client_key", "")),
        as_of=form.ticks.as_of,
        query=form.asked.query,
        **_fields(form),
    )
    if event_id is None:
        page = _preview_page(session, member, form, spots, done)
        return render("findings/occurrences_preview.html", page, Conflict.status)
    session.commit()
    return see_other("bulk.act", slug=member.project.slug, event_id=event_id)


def _preview_page(
    session: Session, member: Member, form: OccurrencesForm, spots: list[SeenPlace], plan: TagPlan
) -> pages.TagPreviewPage:
    page = pages.preview_page(
        session,
        member,
        asked=form.asked,
        ticks=form.ticks,
        typed=form.typed,
        spots=spots,
        plan=plan,
    )
    return replace(page, number=form.number or "1")


def _fields(form: OccurrencesForm) -> dict[str, str]:
    """Return the fields of an annotation, by their names there."""
    return {"tag": form.typed.tag, "note": form.typed.note, "themes": form.typed.theme}


def _typed() -> OccurrencesTyped:
    return OccurrencesTyped(*(request.form.get(name, "") for name in OccurrencesTyped._fields))


def _read_places(written: str, numbers: int) -> list[tuple[int, ...]]:
    """Return places as `write_places` gave them, of so many numbers each; what is none is left."""
    found = [
        tuple(map(int, part.split("."))) for part in written.split(",") if _PLACE.fullmatch(part)
    ]
    return [place for place in found if len(place) == numbers]
