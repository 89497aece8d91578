"""Themes: the list, and one of them; making, changing, moving, archiving."""

from dataclasses import replace

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.articles.queries import articles
from app.codebook import pages
from app.codebook import service as merging
from app.core.errors import Conflict, Invalid
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.reading.views.responses import UndoForm, flash_with_undo
from app.text.catalogue import ngettext
from app.themes import queries
from app.themes.service import importing
from app.themes.service import themes as service
from app.themes.service.themes import MOST_THEMES
from app.themes.table import read_table
from app.web.responses import read_number, render, see_other
from app.web.session import get_session, reopen_for_reading
from app.web.view_marks import takes_files


def themes(slug: str) -> ResponseReturnValue:
    member = current_member(slug)
    return render("codebook/themes.html", pages.themes_page(get_session(), member))


def make(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.MAKE_THEMES)
    session = get_session()
    name = request.form.get("theme_name", "")
    try:
        theme = service.create(session, actor=member, typed={"name": name})
    except (Invalid, Conflict) as error:
        page = pages.themes_page(reopen_for_reading(), member)
        page = replace(page, typed=name, problem=error.message, field="name")
        return render("codebook/themes.html", page, error.status)
    session.commit()
    flash(f"“{theme.name}” is made. Say below what it means.")
    return see_other("codebook.theme", slug=slug, theme_id=theme.id)


def theme(slug: str, theme_id: int) -> ResponseReturnValue:
    member = current_member(slug)
    session = get_session()
    found = queries.find(session, project_id=member.project_id, theme_id=theme_id)
    return render("codebook/details.html", pages.theme_page(session, member, found))


def names(slug: str, article_id: int) -> ResponseReturnValue:
    """Give the themes that can be given in an article, those that are given there most first."""
    member = current_member(slug)
    session = get_session()
    articles.find_article(session, project_id=member.project_id, article_id=article_id)
    return render("codebook/_names.html", pages.names_page(session, member, article_id))


def change(slug: str, theme_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    sent = {"name": "theme_name", "definition": "definition", "example": "example"}
    typed = {name: request.form[field] for name, field in sent.items() if field in request.form}
    typed |= {name: request.form[name] for name in ("colour",) if name in request.form}
    parent = request.form.get("parent")
    found = queries.find(session, project_id=member.project_id, theme_id=theme_id)
    try:
        changed = service.change(
            session,
            actor=member,
            theme_id=theme_id,
            version=read_number(request.form.get("version")) or 0,
            typed=typed,
            parent_id=found.parent_id if parent is None else read_number(parent),
        )
    except (Invalid, Conflict) as error:
        if parent is not None:
            typed["parent"] = parent
        return _show_error(member, theme_id, typed, error)
    session.commit()
    flash(f"“{changed.name}” is saved.")
    return see_other("codebook.themes", slug=slug, _anchor=f"t{theme_id}")


def move(slug: str, theme_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    step = "down" if request.form.get("step") == "down" else "up"
    service.move(session, actor=member, theme_id=theme_id, is_up=step == "up")
    session.commit()
    # The button keeps the focus, so that it can be pressed again.
    return see_other("codebook.themes", slug=slug, _anchor=f"{step}{theme_id}")


def archive(slug: str, theme_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    archived = service.archive(session, actor=member, theme_id=theme_id)
    session.commit()
    back = UndoForm(url_for("codebook.restore", slug=slug, theme_id=theme_id))
    flash_with_undo(f"“{archived.name}” is archived. What carries it keeps it.", back)
    return see_other("codebook.themes", slug=slug)


def restore(slug: str, theme_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    restored = service.restore(session, actor=member, theme_id=theme_id)
    session.commit()
    flash(f"“{restored.name}” can be given again.")
    return see_other("codebook.themes", slug=slug, _anchor=f"t{theme_id}")


def merge(slug: str, theme_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    into_id = read_number(request.form.get("into"))
    try:
        merged = merging.merge(session, actor=member, theme_id=theme_id, into_id=into_id)
    except (Invalid, Conflict) as error:
        return _show_error(member, theme_id, {}, error)
    session.commit()
    back = UndoForm(url_for("codebook.undo_merge", slug=slug), {"event": str(merged.event_id)})
    message = ngettext(
        "“{theme}” is merged into “{into}”: {count:,} annotation carries that now.",
        "“{theme}” is merged into “{into}”: {count:,} annotations carry that now.",
        merged.changed,
    )
    parts = {"theme": merged.theme.name, "into": merged.into.name, "count": merged.changed}
    flash_with_undo(message.format_map(parts), back)
    return see_other("codebook.themes", slug=slug, _anchor=f"t{merged.into.id}")


def undo_merge(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    event_id = read_number(request.form.get("event")) or 0
    try:
        undone = merging.undo_merge(session, actor=member, event_id=event_id)
    except Conflict as error:
        flash(error.message)
        return see_other("codebook.themes", slug=slug)
    session.commit()
    message = ngettext(
        "“{theme}” is a theme of its own again: {count:,} annotation carries it.",
        "“{theme}” is a theme of its own again: {count:,} annotations carry it.",
        undone.changed,
    )
    said = [message.format(theme=undone.theme.name, count=undone.changed)]
    if undone.skipped:
        message = ngettext(
            "{count:,} annotation was changed meanwhile, and stays as it is.",
            "{count:,} annotations were changed meanwhile, and stay as they are.",
            undone.skipped,
        )
        said.append(message.format(count=undone.skipped))
    flash(" ".join(said))
    return see_other("codebook.themes", slug=slug, _anchor=f"t{undone.theme.id}")


def _keeper(slug: str) -> int:
    return current_member(slug, Act.KEEP_THEMES).account_id


def choose_file(slug: str) -> ResponseReturnValue:
    current_member(slug, Act.KEEP_THEMES)
    return render("codebook/import.html", pages.ThemeImportPage(slug))


@takes_files(_keeper)
def import_file(slug: str) -> ResponseReturnValue:
    """Say what a file of themes would do, or do it once that was confirmed."""
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    given = request.files.get("file")
    data = request.form.get("table", "").encode() if given is None else given.read()
    page, status = pages.ThemeImportPage(slug), 200
    try:
        rows = read_table(data, MOST_THEMES)
        if request.form.get("confirm") != "1":
            plan = importing.plan(session, actor=member, rows=rows)
        else:
            seen = read_number(request.form.get("seen"))
            plan, event_id = importing.carry_out(session, actor=member, rows=rows, seen=seen)
            if event_id is not None:
                return _imported(session, slug, plan, event_id)
    except Invalid as error:
        reopen_for_reading()
        page = replace(page, problem=error.message, field=error.field)
        return render("codebook/import.html", page, error.status)
    except Conflict as error:
        plan = importing.plan(reopen_for_reading(), actor=member, rows=rows)
        page = replace(page, problem=error.message)
        status = error.status
    page = replace(page, plan=plan, table=data.decode("utf-8-sig"))
    return render("codebook/import.html", page, status)


def _imported(
    session: Session, slug: str, plan: importing.ThemeImportPlan, event_id: int
) -> ResponseReturnValue:
    session.commit()
    back = UndoForm(url_for("codebook.undo_import", slug=slug, event_id=event_id))
    message = "Imported. New themes: {added:,}. Changed themes: {changed:,}."
    flash_with_undo(message.format(added=len(plan.added), changed=len(plan.changed)), back)
    return see_other("codebook.themes", slug=slug)


def undo_import(slug: str, event_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.KEEP_THEMES)
    session = get_session()
    try:
        count, left = importing.undo(session, actor=member, event_id=event_id)
    except Conflict as error:
        flash(error.message)
        return see_other("codebook.themes", slug=slug)
    session.commit()
    message = ngettext(
        "Undone: {count:,} theme is as before. New ones are archived.",
        "Undone: {count:,} themes are as before. New ones are archived.",
        count,
    )
    said = [message.format(count=count)]
    if left:
        message = ngettext(
            "{count:,} theme was changed since, and stays as it is.",
            "{count:,} themes were changed since, and stay as they are.",
            left,
        )
        said.append(message.format(count=left))
    flash(" ".join(said))
    return see_other("codebook.themes", slug=slug)


def _show_error(
    member: Member, theme_id: int, typed: dict[str, str], error: Invalid | Conflict
) -> ResponseReturnValue:
    """Show the form with what was typed, and what the theme says now where someone changed it."""
    session = reopen_for_reading()
    found = queries.find(session, project_id=member.project_id, theme_id=theme_id)
    field = getattr(error, "field", "")
    page = replace(
        pages.theme_page(session, member, found),
        typed=typed,
        problem=error.message,
        field="name" if isinstance(error, service.ThemeNameTaken) else field,
        is_conflict=isinstance(error, service.ThemeConflict),
    )
    return render("codebook/details.html", page, error.status)
