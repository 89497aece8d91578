"""The list of articles, and assigning several of them at once."""

from dataclasses import replace

from flask import flash, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session

from app.annotations.queries.annotations import count_seen
from app.articles.queries import articles
from app.assignments.forms import AssignForm
from app.assignments.pages.assigned import just_made, read_events, write_events
from app.assignments.pages.event_text import describe, describe_undo
from app.assignments.queries import progress as assignments
from app.assignments.queries.visibility import can_see_all
from app.assignments.service import assignments as service
from app.assignments.service import undo
from app.core.errors import Conflict, Invalid
from app.core.names import disambiguate_names
from app.discussion.queries.discussion import holds_what_is
from app.discussion.thread_states import STATES
from app.library.pages import article_list as list_pages
from app.library.pages.article_list import DUE, ME, NOBODY, ArticleListQuery
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.views.current_member import current_member
from app.reading.forms import OLD_THREAD, THREAD
from app.search.queries.articles import has_words
from app.search.query import read_query
from app.web.responses import Pager, read_number, render, see_other
from app.web.session import get_session, reopen_for_reading

ARTICLES_A_PAGE = 50


def article_list(slug: str) -> ResponseReturnValue:
    return _list_page(current_member(slug))


def assign_articles(slug: str) -> ResponseReturnValue:
    """Assign each ticked article to each ticked member."""
    member = current_member(slug, Act.ASSIGN)
    session = get_session()
    form = AssignForm.read(request.form)
    try:
        assigned = service.assign(
            session,
            actor=member,
            articles=articles.find_articles(
                session, project_id=member.project_id, article_ids=form.article_ids
            ),
            account_ids=form.account_ids,
            due_on=form.due_on,
            without_date=form.without_date,
        )
    except (Invalid, Conflict) as error:
        reopen_for_reading()
        return _list_page(current_member(slug), form, error)
    session.commit()
    if not assigned.events:
        flash(describe(assigned))
    return _back_to_list(slug, assigned=write_events(member, assigned))


def undo_assigning(slug: str) -> ResponseReturnValue:
    """Take back what was just assigned."""
    member = current_member(slug, Act.ASSIGN)
    session = get_session()
    first, last = read_events(member, request.form.get("events"))
    undone = undo.undo(session, actor=member, first=first, last=last)
    session.commit()
    flash(describe_undo(undone))
    return _back_to_list(slug)


def _back_to_list(slug: str, *, assigned: str | None = None) -> ResponseReturnValue:
    page = request.args.get("page")
    arguments = {**_asked().arguments, "page": page, "assigned": assigned}
    return see_other("article_list.article_list", slug=slug, **arguments)


def _list_page(
    member: Member, form: AssignForm | None = None, error: Invalid | Conflict | None = None
) -> ResponseReturnValue:
    session = get_session()
    asked = _asked()
    project_id = member.project_id
    among = conditions_of(session, member, asked)
    order = articles.SORTS.get(asked.sort, articles.SORTS[list_pages.DEFAULT_SORT])[1]
    soonest = None
    if asked.sort == DUE:
        account_id = _assignee_id(member, asked)
        soonest = assignments.soonest_due(project_id=project_id, account_id=account_id)
        order = (soonest.c.due_on.asc().nulls_last(), *order)
    in_use, archived = articles.count_all(session, project_id)
    found = total = archived if asked.is_archive else in_use
    if among:
        found = articles.count_articles(
            session, project_id=project_id, archived=asked.is_archive, among=among
        )
    pager = Pager.at(request.args.get("page"), size=ARTICLES_A_PAGE, total=found)
    rows = articles.list_articles(
        session,
        project_id=project_id,
        order=order,
        archived=asked.is_archive,
        among=among,
        beside=soonest,
        offset=pager.offset,
        limit=pager.size,
    )
    can_assign = may(member, Act.ASSIGN) and not asked.is_archive
    taggers = service.list_assignable_members(session, member)
    leaves_out = not can_see_all(session, member)
    page = list_pages.ArticlesPage(
        slug=member.project.slug,
        address=url_for("article_list.article_list", slug=member.project.slug),
        passages=url_for("findings.passages", slug=member.project.slug),
        project=member.project.name,
        lines=list_pages.article_lines(
            session, member, rows, leaves_out=leaves_out, query=asked.query
        ),
        asked=asked,
        people=disambiguate_names(taggers),
        pager=pager,
        total=total,
        archived=archived,
        can_keep=may(member, Act.KEEP_ARTICLES),
        can_import=may(member, Act.IMPORT),
        can_assign=can_assign,
        can_tag=may(member, Act.TAG),
        leaves_out=leaves_out,
        to_do=assignments.count_to_do(session, member),
        in_files=count_seen(session, member),
        form=form or AssignForm(),
        made=just_made(session, member, request.args.get("assigned")) if can_assign else None,
        problem=error.message if error else "",
    )
    return render("library/article_list.html", page, error.status if error else 200)


def _asked() -> ArticleListQuery:
    arguments = request.args
    query = read_query(arguments.get("search", ""))
    asked = ArticleListQuery(
        query=query,
        sort=arguments.get("sort", ""),
        assignee=arguments.get("assignee", ""),
        state=arguments.get("state", ""),
        thread=arguments.get(THREAD) or arguments.get(OLD_THREAD, ""),
        is_archive=arguments.get("archived") == "1",
    )
    if asked.sort not in dict(list_pages.SORTS):
        asked = replace(asked, sort=list_pages.DEFAULT_SORT)
    if asked.state not in assignments.STATES:
        asked = replace(asked, state="")
    if asked.thread not in STATES:
        asked = replace(asked, thread="")
    if asked.assignee not in {ME, NOBODY} and read_number(asked.assignee) is None:
        asked = replace(asked, assignee="")
    return asked


def conditions_of(
    session: Session, member: Member, asked: ArticleListQuery
) -> list[ColumnElement[bool]]:
    """Return what is true of the articles that are asked for, in the archive or not."""
    among: list[ColumnElement[bool]] = []
    account_id = _assignee_id(member, asked)
    if asked.assignee == NOBODY:
        among.append(assignments.is_with_nobody())
    elif account_id is not None or asked.state:
        among.append(assignments.is_with(account_id=account_id, state=asked.state))
    if asked.thread:
        among.append(holds_what_is(member, asked.thread))
    if asked.query.is_asked:
        among.append(has_words(session, asked.query))
    return among


def _assignee_id(member: Member, asked: ArticleListQuery) -> int | None:
    return member.account_id if asked.assignee == ME else read_number(asked.assignee)
