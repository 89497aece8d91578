"""Guidelines: how a project tags, beside what the four tags mean; with every version."""

from functools import lru_cache

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue

from app.core.errors import Conflict, Invalid
from app.guidelines import pages, service
from app.guidelines.models import Guidelines
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.views.current_member import current_member
from app.reading.pages.rendering.blocks import DrawnBlock, draw_document
from app.reading.views.responses import UndoForm, flash_with_undo
from app.text.word_diff import WordDiff, changes_between
from app.web.responses import Pager, read_number, render, see_other
from app.web.session import get_session, reopen_for_reading

VERSIONS_A_PAGE = 50
KEPT = 32  # versions that are kept drawn in one process, of at most 100,000 characters each


def guidelines(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    found = service.current(get_session(), member.project_id)
    return _page(member, found)


def versions(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    total = service.count_versions(session, member.project_id)
    pager = Pager.at(request.args.get("page"), size=VERSIONS_A_PAGE, total=total)
    lines = service.list_versions(session, member.project_id, offset=pager.offset, limit=pager.size)
    return render("guidelines/versions.html", pages.VersionsPage(slug, lines, total, pager))


def version(slug: str, number: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = service.find_version(session, member.project_id, number)
    before = service.find_version(session, member.project_id, number - 1) if number > 1 else None
    return _page(member, found, changes_between(before.text if before else "", found.text))


def restore(slug: str, number: int) -> ResponseReturnValue:
    """Make a version the one in force again, if `number` of the form still is."""
    member = current_member(slug, Act.WRITE_GUIDELINES)
    session = get_session()
    latest = read_number(request.form.get("number")) or 0
    try:
        written = service.restore(session, actor=member, version=number, number=latest)
    except Conflict:
        raise Conflict(RESTORED_MEANWHILE) from None
    session.commit()
    if written is None:
        flash("The guidelines say this already.")
    else:
        back = UndoForm(url_for("guidelines.restore", slug=slug, number=latest), _known(written))
        flash_with_undo(f"The guidelines are as they were in version {number}.", back)
    return see_other("guidelines.guidelines", slug=slug)


RESTORED_MEANWHILE = (
    "Someone has written the guidelines meanwhile, so they are left as they are. Look at them, and "
    "at their versions, before you go back to an older one."
)


def _known(written: Guidelines) -> dict[str, str]:
    return {"number": str(written.number)}


def edit(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.WRITE_GUIDELINES)
    found = service.current(get_session(), member.project_id)
    page = pages.EditPage(
        slug=slug,
        text=found.text if found else "",
        number=found.number if found else 0,
        problem="",
        field="",
        meanwhile=None,
    )
    return render("guidelines/edit.html", page)


def write(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.WRITE_GUIDELINES)
    session = get_session()
    text, number = request.form.get("text", ""), read_number(request.form.get("number")) or 0
    try:
        service.write(session, actor=member, text=text, number=number)
    except (Invalid, Conflict) as error:
        return _show_error(member, text, number, error)
    session.commit()
    flash("Saved. Everyone in the project sees it.")
    return see_other("guidelines.guidelines", slug=slug)


def _show_error(
    member: Member, text: str, number: int, error: Invalid | Conflict
) -> ResponseReturnValue:
    """Show the form with what was typed, and what someone else has changed since."""
    session = reopen_for_reading()
    latest = service.current(session, member.project_id)
    meanwhile = None
    if isinstance(error, Conflict) and latest is not None:
        is_known = 0 < number < latest.number
        old = service.find_version(session, member.project_id, number).text if is_known else ""
        meanwhile = changes_between(old, latest.text)
        number = latest.number
    page = pages.EditPage(
        slug=member.project.slug,
        text=text,
        number=number,
        problem=error.message,
        field=getattr(error, "field", ""),
        meanwhile=meanwhile,
    )
    return render("guidelines/edit.html", page, error.status)


@lru_cache(maxsize=KEPT)
def _draw(text: str) -> tuple[DrawnBlock, ...]:
    """Draw a version, or find it drawn: kept under all that it shows, it is never out of date."""
    from app.text.readers.markdown import read_formatted  # noqa: PLC0415 loaded when needed

    return tuple(draw_document(read_formatted(text)))


def _page(
    member: Member, found: Guidelines | None, changes: WordDiff | None = None
) -> ResponseReturnValue:
    """Show a version: the one in force, or an older one with what it changed."""
    latest = found
    if changes is not None:
        latest = service.current(get_session(), member.project_id)
    page = pages.guidelines_page(
        member.project.slug,
        member.project.name,
        found,
        _draw(found.text) if found else (),
        latest=latest.number if latest else 0,
        changes=changes,
        can_write=may(member, Act.WRITE_GUIDELINES),
    )
    return render("guidelines/guidelines.html", page)
