"""Changing, merging, splitting and archiving parties and positions, and taking that back."""

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.events.models import Event
from app.events.service import last_recorded
from app.parties import queries
from app.parties.models import Named
from app.parties.service import aliases, names
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.views.responses import UndoForm, flash_with_undo
from app.statements.forms import NamedChangeForm, find_affiliations, find_other
from app.statements.pages import keeping as pages
from app.statements.pages.keeping import KeepingPage
from app.statements.pages.words import WORDS
from app.web.responses import read_number, render, see_other
from app.web.session import get_session, reopen_for_reading

PAGE = "statements/keeping.html"


def change(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    row = queries.find(session, WORDS[what].model, project_id=member.project_id, row_id=row_id)
    if row.alias_of_id is not None:
        return see_other("keeping.change", slug=slug, what=what, row_id=row.alias_of_id)
    return render(PAGE, pages.keeping_page(session, member, WORDS[what], row))


def save(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    model = WORDS[what].model
    form = NamedChangeForm.read(request.form, model)
    try:
        row = names.change(
            session,
            model,
            actor=member,
            row_id=row_id,
            version=form.version,
            typed=form.typed,
            affiliations=find_affiliations(session, member, form.affiliations),
        )
    except (Invalid, Conflict) as error:
        page = pages.not_saved(_page_again(member, what, row_id), form, error)
        return render(PAGE, page, error.status)
    return _answer(session, slug, what, row, f"“{row.called}” is saved.")


def add_alias(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    """Make another name of a party, or another wording of a position."""
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    model = WORDS[what].model
    typed = request.form.get("alias", "")
    try:
        done = aliases.add(session, model, actor=member, called=typed, main_id=row_id)
    except (Invalid, Conflict) as error:
        page = pages.not_done(_page_again(member, what, row_id), "alias", typed, error)
        return render(PAGE, page, error.status)
    sentence = WORDS[what].is_alias
    message = sentence.format(alias=done.row.called, main=_name_of(done.other))
    return _answer(session, slug, what, done.row, message)


def merge(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    model = WORDS[what].model
    typed = request.form.get("main", "")
    try:
        into_id = find_other(session, member, model, typed, than=row_id)
        done = aliases.merge(session, model, actor=member, row_id=row_id, into_id=into_id)
    except (Invalid, Conflict) as error:
        page = pages.not_done(_page_again(member, what, row_id), "main", typed, error)
        return render(PAGE, page, error.status)
    message = f"“{done.row.called}” is merged into “{_name_of(done.other)}”."
    return _answer(session, slug, what, done.row, message)


def split(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    """Make another name a party, or another wording a position, of its own."""
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    done = aliases.split(session, WORDS[what].model, actor=member, row_id=row_id)
    message = f"“{done.row.called}” is a {WORDS[what].one} of its own."
    return _answer(session, slug, what, done.row, message)


def archive(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    row = names.archive(session, WORDS[what].model, actor=member, row_id=row_id)
    return _answer(session, slug, what, row, f"“{row.called}” is archived. What has it keeps it.")


def restore(slug: str, what: str, row_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    row = names.restore(session, WORDS[what].model, actor=member, row_id=row_id)
    return _answer(session, slug, what, row, f"“{row.called}” can be given again.")


def undo(slug: str, what: str) -> ResponseReturnValue:
    """Take back one of the acts above, as its answer and Activity offer."""
    member = current_member(slug, Act.KEEP_PARTIES)
    session = get_session()
    event_id = read_number(request.form.get("event")) or 0
    try:
        done = aliases.undo(session, WORDS[what].model, actor=member, event_id=event_id)
    except (Conflict, Invalid) as error:
        flash(error.message)
        row_id = session.get_one(Event, event_id).subject_id
        return see_other("parties.one", slug=slug, what=what, row_id=row_id)
    session.commit()
    if done.row.archived_at is not None:  # it was before, or it was only added
        flash(f"Taken back: “{done.row.called}” is archived.")
    else:
        flash(f"Taken back: “{done.row.called}” is as it was before.")
    return _show(slug, what, done.row)


def _page_again(member: Member, what: str, row_id: int) -> KeepingPage:
    """Build the page again, after something was not done, by what is kept now."""
    session = reopen_for_reading()
    model = WORDS[what].model
    row = queries.find(session, model, project_id=member.project_id, row_id=row_id)
    if row.alias_of_id is not None:
        row = session.get_one(model, row.alias_of_id)
    return pages.keeping_page(session, member, WORDS[what], row)


def _answer(
    session: Session, slug: str, what: str, row: Named, message: str
) -> ResponseReturnValue:
    """Commit, and show what was done, with the form that takes it back where anything was."""
    session.commit()
    event_id = last_recorded(session)
    address = url_for("keeping.undo", slug=slug, what=what)
    back = None if event_id is None else UndoForm(address, {"event": str(event_id)})
    flash_with_undo(message, back)
    return _show(slug, what, row)


def _show(slug: str, what: str, row: Named) -> ResponseReturnValue:
    return see_other("parties.one", slug=slug, what=what, row_id=row.main_id)


def _name_of(row: Named | None) -> str:
    return row.called if row is not None else ""
