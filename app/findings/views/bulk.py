"""Changing many passages at once: what it would do, doing it, and taking it back as one."""

from dataclasses import replace

from flask import flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.queries.lists import list_seen_in_trash
from app.annotations.service import bulk as service
from app.annotations.service import importing
from app.annotations.service.bulk import MOST_AT_ONCE
from app.annotations.service.bulk_acts import BulkAct, BulkTyped, Seen, read_act
from app.core.errors import Conflict, Invalid
from app.findings.asked import Asked
from app.findings.pages import bulk as pages
from app.findings.pages import bulk_text
from app.findings.pages.left import left_of
from app.findings.queries.passages import list_versions
from app.findings.views.searches import asked_in_form
from app.frozen import frozen
from app.parties.models import Party, Position
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.themes.queries import list_themes
from app.web.responses import read_number, render, see_other
from app.web.session import get_session, reopen_for_reading


@frozen
class BulkForm:
    """What was chosen, and what is to be done to it; `counted` is said of the number of them.

    It was chosen from a list, from its page `after` a place, or where `is_trash` from the trash, of
    one article or None for all. Where all of that was taken, the ids `gone` are not in it any more.
    """

    asked: Asked
    after: str
    is_trash: bool
    article_id: int | None
    seen: list[Seen]
    gone: list[int]
    counted: str
    act: str
    typed: BulkTyped
    is_confirmed: bool


def change(slug: str) -> ResponseReturnValue:
    """Say what would be done to the ticked passages, or do it once that was confirmed."""
    member = current_member(slug, Act.CHANGE_OWN)
    session = get_session()
    form = _read(session, member)
    page = _page(session, member, form)
    try:
        _refuse_nothing(form)
        if not form.act:
            return render("findings/bulk.html", page)
        act = read_act(session, member.project_id, verb=form.act, typed=form.typed)
        if form.is_confirmed:
            return _carry_out(session, member, form, act)
        plan = service.plan(session, actor=member, seen=form.seen, act=act, gone=form.gone)
    except (Invalid, Conflict) as error:
        session = reopen_for_reading()
        field = error.field if isinstance(error, Invalid) else ""
        page = replace(
            _page(session, current_member(slug), form), problem=error.message, field=field
        )
        return render("findings/bulk.html", page, error.status)
    page = replace(
        page,
        will=bulk_text.will_do(act, plan),
        rest=bulk_text.rest_of(plan.same, plan.not_own),
        left=left_of(session, member, plan),
    )
    return render("findings/bulk.html", page)


def act(slug: str, event_id: int) -> ResponseReturnValue:
    """Say what was done to many passages, with the way back."""
    member = current_member(slug, Act.CHANGE_OWN)
    session = get_session()
    event = service.find_act(session, actor=member, event_id=event_id)
    page = pages.act_page(session, member, event, after=request.args.get("after", ""))
    return render("findings/bulk_done.html", page)


def take_back(slug: str, event_id: int) -> ResponseReturnValue:
    """Take back what was done to many passages at once."""
    member = current_member(slug, Act.CHANGE_OWN)
    session = get_session()
    event = service.find_act(session, actor=member, event_id=event_id)
    undo = importing.undo if event.kind == service.IMPORTED_MANY else service.undo
    try:
        undone_id = undo(session, actor=member, event_id=event_id)
    except Conflict as error:
        flash(error.message)
        return see_other("bulk.act", slug=slug, event_id=event_id)
    session.commit()
    return see_other("bulk.act", slug=slug, event_id=undone_id)


def _carry_out(
    session: Session, member: Member, form: BulkForm, act: BulkAct
) -> ResponseReturnValue:
    done, event_id = service.carry_out(
        session,
        actor=member,
        seen=form.seen,
        act=act,
        gone=form.gone,
        query=form.asked.query,
    )
    if event_id is None:
        page = replace(
            _page(session, member, form),
            rest=bulk_text.rest_of(done.same, done.not_own),
            left=left_of(session, member, done),
        )
        return render("findings/bulk.html", page, Conflict.status)
    session.commit()
    after = form.after or None
    return see_other("bulk.act", slug=member.project.slug, event_id=event_id, after=after)


def _refuse_nothing(form: BulkForm) -> None:
    if not form.seen and not form.gone:
        raise Invalid("annotation", "Tick some passages first, or take all that are asked for.")


def _read(session: Session, member: Member) -> BulkForm:
    form = request.form
    asked = asked_in_form()
    targets = (
        form.get("targets", "").split(",") if "targets" in form else form.getlist("annotation")
    )
    seen = [each for target in targets if (each := _target(target))]
    gone = _read_ids(form.get("gone", ""))
    counted = ""
    is_trash = form.get("from") == "trash"
    article_id = read_number(form.get("article"))
    if form.get("all") == "1":
        if is_trash:
            most = MOST_AT_ONCE + 1
            seen = list_seen_in_trash(session, member, article_id=article_id, limit=most)
        else:
            seen = list_versions(session, member, asked, most=MOST_AT_ONCE + 1)
        there = {each.id for each in seen}
        gone = [each for each in _read_ids(form.get("listed", "")) if each not in there]
        as_of = read_number(form.get("as_of"))
        if as_of is not None:
            seen = service.as_of(session, actor=member, seen=seen, event_id=as_of)
        counted = bulk_text.counted(read_number(form.get("count")), len(seen))
    return BulkForm(
        asked=asked,
        after=form.get("after", ""),
        is_trash=is_trash,
        article_id=article_id,
        seen=list(dict.fromkeys(seen)),
        gone=gone[:MOST_AT_ONCE],
        counted=counted,
        act=form.get("act", ""),
        typed=BulkTyped(
            theme_id=read_number(form.get("theme")) or 0,
            **{name: form.get(name, "") for name in BulkTyped._fields if name != "theme_id"},
        ),
        is_confirmed=form.get("confirm") == "1",
    )


def _read_ids(written: str) -> list[int]:
    return [number for each in written.split(",") if (number := read_number(each)) is not None]


def _target(written: str) -> Seen | None:
    number, _, version = written.partition(".")
    annotation_id, read = read_number(number), read_number(version)
    return None if annotation_id is None or read is None else Seen(annotation_id, read)


def _page(session: Session, member: Member, form: BulkForm) -> pages.BulkPage:
    is_too_much = len(form.seen) > MOST_AT_ONCE
    kept = [("query", form.asked.query), ("after", form.after)]
    back = pages.back_to_list(member, form.asked.query, form.after)
    if form.is_trash:
        kept = [("from", "trash"), ("article", str(form.article_id or ""))]
        back = pages.back_to_trash(member, form.article_id)
    if form.gone:
        kept.append(("gone", pages.write_ids(form.gone)))
    return pages.BulkPage(
        slug=member.project.slug,
        back=back,
        kept=kept,
        targets="" if is_too_much else pages.write_targets(form.seen),
        chosen=len(form.seen),
        act=form.act,
        choices=pages.bulk_choices(
            session, member, list_themes(session, member.project_id), form.typed
        )._replace(
            parties=pages.names_offered(session, Party, member),
            positions=pages.names_offered(session, Position, member),
        ),
        counted=form.counted,
    )
