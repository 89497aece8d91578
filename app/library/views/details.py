"""What is said of an article: changing it, archiving and restoring the article, its history."""

from flask import flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.activity.pages.event_text import describe, names_in
from app.annotations.forms import read_version
from app.articles import fields
from app.articles.models import Article
from app.articles.queries import articles
from app.articles.service import articles as service
from app.core.errors import Conflict, Invalid
from app.library.pages import add
from app.library.views.add import find_kept
from app.projects.models import Member
from app.reading.pages.article_ref import article_ref
from app.web.responses import render, see_other
from app.web.session import get_session, reopen_for_reading


def details(slug: str, article_id: int) -> ResponseReturnValue:
    member, article = find_kept(get_session(), slug, article_id)
    return render("library/details.html", _page(get_session(), member, article))


def change_details(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = find_kept(session, slug, article_id)
    try:
        version = read_version(request.form)
        service.change(session, actor=member, article=article, version=version, typed=request.form)
        session.commit()
    except (Invalid, Conflict) as error:
        session = reopen_for_reading()
        member, article = find_kept(session, slug, article_id)
        page = _page(session, member, article, error)
        return render("library/details.html", page, error.status)
    flash("Saved.")
    return see_other("details.details", slug=slug, article_id=article_id)


def archive(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = find_kept(session, slug, article_id)
    service.archive(session, actor=member, article=article)
    session.commit()
    flash(f"“{article.title}” is archived. It is in the list of archived articles.")
    return see_other("article_list.article_list", slug=slug)


def restore(slug: str, article_id: int) -> ResponseReturnValue:
    session = get_session()
    member, article = find_kept(session, slug, article_id)
    service.restore(session, actor=member, article=article)
    session.commit()
    flash("Restored: the article is in the list again.")
    return see_other("details.details", slug=slug, article_id=article_id)


def _page(
    session: Session, member: Member, article: Article, error: Invalid | Conflict | None = None
) -> add.DetailsPage:
    known = fields.fields_of(article)
    values = known if error is None else {**known, **_typed()}
    field = error.field if isinstance(error, Invalid) else ""
    message = error.message if error else ""
    meanwhile = []
    if isinstance(error, Conflict):
        meanwhile = [
            (add.LABELS[name], known[name]) for name in fields.NAMES if known[name] != values[name]
        ]
    return add.DetailsPage(
        article=article_ref(member, article),
        version=article.version,
        is_archived=article.archived_at is not None,
        fields=add.field_lines(
            values,
            article.guessed,
            article.origins or {},
            field,
            message,
            rules=add.RULES_ONCE_ADDED,
        ),
        meanwhile=meanwhile,
        problem="" if field else message,
        changes=_changes(session, article),
    )


def _typed() -> dict[str, str]:
    return {name: request.form[name] for name in fields.NAMES if name in request.form}


def _changes(session: Session, article: Article) -> list[add.DetailsChange]:
    changes = []
    events = articles.events_of(session, article.id)
    names = names_in(session, [event for event, _name in events])
    for event, name in events:
        before, after = event.before or {}, event.after or {}
        shown = [
            (add.LABELS[field], before.get(field, ""), after[field])
            for field in fields.NAMES
            if event.kind == service.CHANGED and field in after
        ]
        changes.append(add.DetailsChange(event.at, name, describe(event, names), shown))
    return changes
