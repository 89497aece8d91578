"""Who tags an article by when, and who sees whose annotations in it: looking, and deciding."""

from flask import flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.annotations.queries.annotations import tally
from app.articles.models import Article
from app.articles.queries import articles
from app.articles.service import articles as changes
from app.assignments.forms import AssignForm
from app.assignments.pages.assigned import just_made, read_events, write_events
from app.assignments.pages.event_text import describe, describe_undo
from app.assignments.queries.progress import Where, who_is_where
from app.assignments.service import assignments as service
from app.assignments.service import undo
from app.assignments.service.assignments import AssignableMember
from app.core.errors import Conflict, Invalid
from app.core.names import disambiguate_names
from app.library.pages import assignments as pages
from app.projects.models import Member
from app.projects.roles import Act, may
from app.projects.views.current_member import current_member
from app.reading.pages.article_ref import article_ref
from app.web.responses import read_number, render, see_other
from app.web.session import get_session, reopen_for_reading

PAGE = "assignments.assignments"


def assignments(slug: str, article_id: int) -> ResponseReturnValue:
    return _page(*_find(get_session(), slug, article_id, Act.READ))


def assign(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id, Act.ASSIGN)
    form = AssignForm.read(request.form)
    try:
        assigned = service.assign(
            session,
            actor=member,
            articles=[article],
            account_ids=form.account_ids,
            due_on=form.due_on,
            without_date=form.without_date,
        )
    except (Invalid, Conflict) as error:
        reopen_for_reading()
        return _page(*_find(get_session(), slug, article_id, Act.ASSIGN), form, error)
    session.commit()
    if not assigned.events:
        flash(describe(assigned))
    made = write_events(member, assigned)
    return see_other(PAGE, slug=slug, article_id=article_id, assigned=made)


def undo_assigning(slug: str, article_id: int) -> ResponseReturnValue:
    """Take back what was just assigned."""
    session = get_session()
    member, _article = _find(session, slug, article_id, Act.ASSIGN)
    first, last = read_events(member, request.form.get("events"))
    undone = undo.undo(session, actor=member, first=first, last=last)
    session.commit()
    flash(describe_undo(undone))
    return see_other(PAGE, slug=slug, article_id=article_id)


def unassign(slug: str, article_id: int, account_id: int) -> ResponseReturnValue:
    """Take an assignment back; the page that follows offers to assign it again as it was."""
    session = get_session()
    member, article = _find(session, slug, article_id, Act.ASSIGN)
    due = service.unassign(session, actor=member, article=article, account_id=account_id)
    session.commit()
    return see_other(PAGE, slug=slug, article_id=article_id, unassigned=account_id, due=due)


def reopen(slug: str, article_id: int, account_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id, Act.REVEAL)
    service.reopen(session, actor=member, article=article, account_id=account_id)
    session.commit()
    flash("Reopened. Whoever marked it done can do so again.")
    return see_other(PAGE, slug=slug, article_id=article_id)


def set_mode(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id, Act.REVEAL)
    mode = request.form.get("mode", "")
    changes.set_mode(session, actor=member, article=article, mode=mode)
    session.commit()
    flash(f"The article is {mode} now." if mode else "The article follows the project now.")
    return see_other(PAGE, slug=slug, article_id=article_id)


def reveal(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id, Act.REVEAL)
    changes.reveal(session, actor=member, article=article)
    session.commit()
    flash("Revealed: everyone sees everything now. If that was a mistake, hide it again below.")
    return see_other(PAGE, slug=slug, article_id=article_id)


def hide(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = _find(session, slug, article_id, Act.REVEAL)
    changes.hide(session, actor=member, article=article)
    session.commit()
    flash("Hidden again: who is not done sees only their own annotations.")
    return see_other(PAGE, slug=slug, article_id=article_id)


def _find(session: Session, slug: str, article_id: int, act: Act) -> tuple[Member, Article]:
    member = current_member(slug, act)
    article = articles.find_article(session, project_id=member.project_id, article_id=article_id)
    return member, article


def _page(
    member: Member,
    article: Article,
    form: AssignForm | None = None,
    error: Invalid | Conflict | None = None,
) -> ResponseReturnValue:
    session = get_session()
    is_in_use = article.archived_at is None
    taggers = service.list_assignable_members(session, member)
    where = who_is_where(session, [article.id])[article.id]
    can_assign, can_reveal = may(member, Act.ASSIGN) and is_in_use, may(member, Act.REVEAL)
    page = pages.AssignmentsPage(
        article=article_ref(member, article),
        account_id=member.account_id,
        where=where,
        unassigned=_unassigned(taggers, where),
        unassigned_due=request.args.get("due", ""),
        people=disambiguate_names(taggers),
        is_archived=not is_in_use,
        can_assign=can_assign,
        can_reveal=can_reveal,
        can_reopen=can_reveal and is_in_use,
        says=pages.mode_in_words(article, member.project),
        choices=(
            pages.choices(article, member.project, where, tally(session, article.id))
            if can_reveal
            else []
        ),
        form=form or AssignForm(),
        made=just_made(session, member, request.args.get("assigned")) if can_assign else None,
        problem=error.message if error else "",
    )
    return render("library/assignments.html", page, error.status if error else 200)


def _unassigned(taggers: list[AssignableMember], where: list[Where]) -> tuple[int, str] | None:
    """Return from whom the assignment was just taken, unless it is theirs again."""
    account_id = read_number(request.args.get("unassigned"))
    assigned = {each.account_id for each in where if each.is_assigned}
    for each in taggers:
        if each.account_id == account_id and account_id not in assigned:
            return each.account_id, each.name
    return None
