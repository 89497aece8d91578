"""My projects, a new one, and the settings of one."""

from flask import flash, request
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.articles.service import tagging_modes
from app.core.errors import Invalid
from app.people import pages, queries
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.service import projects as service
from app.projects.views.current_member import current_member
from app.web.responses import Pager, render, see_other
from app.web.session import get_session, reopen_for_reading

PROJECTS_A_PAGE = 50


def projects() -> ResponseReturnValue:
    return _projects_page()


def create_project() -> ResponseReturnValue:
    session = get_session()
    name = request.form.get("name", "")
    try:
        project = service.create(session, account_id=current_account().id, name=name)
    except Invalid as error:
        return _projects_page(name, error)
    session.commit()
    flash(f"“{project.name}” is made, and you own it.")
    return see_other("article_list.article_list", slug=project.slug)


def settings(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.SEE_SETTINGS)
    return render("people/settings.html", _settings_page(member))


def rename_project(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    name = request.form.get("name", "")
    try:
        service.rename(session, actor=member, name=name)
    except Invalid as error:
        reopen_for_reading()
        page = _settings_page(member, name, error.message)
        return render("people/settings.html", page, error.status)
    session.commit()
    flash("The project is renamed.")
    return see_other("people.settings", slug=slug)


def set_project_mode(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.MANAGE)
    session = get_session()
    tagging_modes.set_project_mode(session, actor=member, mode=request.form.get("mode", ""))
    session.commit()
    flash(f"The project is {member.project.mode} now.")
    return see_other("people.settings", slug=slug, _anchor="mode")


def archive_project(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.ARCHIVE)
    session = get_session()
    service.archive(session, actor=member)
    session.commit()
    flash(f"“{member.project.name}” is archived.")
    return see_other("people.projects")


def restore_project(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.ARCHIVE)
    session = get_session()
    service.restore(session, actor=member)
    session.commit()
    flash(f"“{member.project.name}” is restored.")
    return see_other("people.settings", slug=slug)


def _settings_page(member: Member, name: str | None = None, error: str = "") -> pages.SettingsPage:
    counts = queries.count_following(get_session(), member.project_id)
    return pages.settings_page(member, counts, name, error)


def _projects_page(name: str = "", error: Invalid | None = None) -> ResponseReturnValue:
    session = reopen_for_reading() if error else get_session()
    account_id = current_account().id
    total = service.count_mine(session, account_id)
    pager = Pager.at(request.args.get("page"), size=PROJECTS_A_PAGE, total=total)
    mine = service.list_mine(session, account_id, offset=pager.offset, limit=pager.size)
    counts = queries.count_projects(session, [project.id for project in mine])
    page = pages.projects_page(mine, counts, pager, name, error.message if error else "")
    return render("people/projects.html", page, error.status if error else 200)
