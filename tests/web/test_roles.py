"""What each role may do on every route of a project, in use and archived."""

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from app.projects.roles import Act, Role, may
from tests.harness.asking import (
    ANNOTATION,
    ARTICLE,
    COMMENT,
    CORRECTION,
    DRAFT,
    GUIDELINES,
    IMPORT,
    NAMED,
    NAMED_ONE,
    PROJECT,
    REVISIONS,
    THEME,
    THEMES,
    Asking,
)
from tests.harness.routes import routes

NEEDS = {
    ("GET", f"{PROJECT}/articles"): Act.READ,
    ("GET", ARTICLE): Act.READ,
    ("GET", f"{ARTICLE}/rail"): Act.READ,
    ("GET", f"{ARTICLE}/find"): Act.READ,
    ("GET", f"{ARTICLE}/print"): Act.READ,
    ("GET", f"{ARTICLE}/margins/<int:first>-<int:last>"): Act.READ,
    ("GET", f"{ARTICLE}/blocks/<int:number>"): Act.READ,
    ("GET", f"{ARTICLE}/at/<int:offset>"): Act.READ,
    ("GET", f"{ARTICLE}/since/<int:event_id>"): Act.READ,
    ("GET", REVISIONS): Act.READ,
    ("GET", f"{REVISIONS}/<int:number>"): Act.READ,
    ("GET", f"{REVISIONS}/<int:number>/changes"): Act.READ,
    ("GET", f"{ARTICLE}/orphans"): Act.READ,
    ("GET", f"{PROJECT}/trash"): Act.READ,
    ("GET", ANNOTATION): Act.READ,
    ("GET", f"{ANNOTATION}/card"): Act.READ,
    ("GET", f"{ANNOTATION}/history"): Act.READ,
    ("GET", f"{PROJECT}/findings"): Act.READ,
    ("GET", f"{PROJECT}/findings/passages"): Act.READ,
    ("GET", f"{PROJECT}/findings/passages/by/<facet>"): Act.READ,
    ("POST", f"{PROJECT}/findings/bulk"): Act.CHANGE_OWN,
    ("GET", f"{PROJECT}/findings/occurrences"): Act.TAG,
    ("POST", f"{PROJECT}/findings/occurrences"): Act.TAG,
    ("GET", f"{PROJECT}/findings/acts/<int:event_id>"): Act.CHANGE_OWN,
    ("POST", f"{PROJECT}/findings/acts/<int:event_id>/undo"): Act.CHANGE_OWN,
    ("POST", f"{PROJECT}/findings/searches"): Act.SAVE_SEARCHES,
    ("POST", f"{PROJECT}/findings/searches/<int:search_id>/remove"): Act.CHANGE_ANY,  # another's
    ("GET", f"{PROJECT}/annotations.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/annotations/"): Act.EXPORT,
    ("GET", f"{ARTICLE}/annotations.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/passages.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/places.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/brief"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/statements-for-dna"): Act.EXPORT,
    ("GET", f"{ARTICLE}/brief"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/summary"): Act.READ,
    ("GET", f"{PROJECT}/findings/positions"): Act.READ,
    ("GET", f"{PROJECT}/findings/positions.csv"): Act.EXPORT,
    ("GET", f"{PROJECT}/findings/parties"): Act.READ,
    ("GET", f"{PROJECT}/findings/positions/list"): Act.READ,
    ("POST", f"{NAMED}/new"): Act.MAKE_PARTIES,
    ("GET", NAMED_ONE): Act.READ,
    ("GET", f"{NAMED_ONE}/change"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/change"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/alias"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/merge"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/split"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/archive"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED_ONE}/restore"): Act.KEEP_PARTIES,
    ("POST", f"{NAMED}/undo"): Act.KEEP_PARTIES,
    ("GET", f"{PROJECT}/findings/changes"): Act.READ,
    ("GET", f"{PROJECT}/findings/changes.csv"): Act.EXPORT,
    ("POST", f"{PROJECT}/findings/changes/verdicts"): Act.DISCUSS,
    ("POST", f"{PROJECT}/findings/changes/verdicts/undo"): Act.DISCUSS,
    ("GET", f"{PROJECT}/findings/networks"): Act.READ,
    ("GET", f"{PROJECT}/findings/networks.<extension>"): Act.EXPORT,
    ("GET", f"{PROJECT}/imports"): Act.IMPORT,
    ("POST", f"{PROJECT}/imports"): Act.IMPORT,
    ("GET", IMPORT): Act.IMPORT,
    ("POST", f"{IMPORT}/choices"): Act.IMPORT,
    ("POST", f"{IMPORT}/add"): Act.IMPORT,
    ("POST", f"{IMPORT}/again"): Act.IMPORT,
    ("POST", f"{IMPORT}/discard"): Act.IMPORT,
    ("GET", f"{ARTICLE}/tag"): Act.TAG,
    ("POST", f"{ARTICLE}/annotations"): Act.TAG,
    ("GET", f"{ANNOTATION}/place"): Act.CHANGE_OWN,
    ("POST", ANNOTATION): Act.CHANGE_OWN,
    ("GET", f"{ARTICLE}/names/parties"): Act.TAG,
    ("GET", f"{ARTICLE}/names/positions"): Act.TAG,
    ("POST", f"{ANNOTATION}/repeat"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/author"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/author/undo"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/delete"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/restore"): Act.CHANGE_OWN,
    ("POST", f"{ANNOTATION}/comments"): Act.DISCUSS,
    ("POST", COMMENT): Act.DISCUSS,
    ("POST", f"{COMMENT}/delete"): Act.DISCUSS,
    ("POST", f"{COMMENT}/restore"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/resolve"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/reopen"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/stance"): Act.DISCUSS,
    ("POST", f"{ANNOTATION}/stance/withdraw"): Act.DISCUSS,
    ("GET", f"{ANNOTATION}/names"): Act.READ,
    ("GET", f"{ANNOTATION}/example"): Act.WRITE_GUIDELINES,
    ("POST", f"{ANNOTATION}/example"): Act.WRITE_GUIDELINES,
    ("POST", f"{ARTICLE}/undo"): Act.CHANGE_OWN,
    ("POST", f"{ARTICLE}/redo"): Act.CHANGE_OWN,
    ("POST", f"{ARTICLE}/state"): Act.TAG,
    ("GET", f"{PROJECT}/articles/add"): Act.KEEP_ARTICLES,
    ("POST", f"{PROJECT}/articles/add"): Act.KEEP_ARTICLES,
    ("POST", f"{PROJECT}/drafts"): Act.KEEP_ARTICLES,
    ("GET", DRAFT): Act.KEEP_ARTICLES,
    ("POST", DRAFT): Act.KEEP_ARTICLES,
    ("POST", f"{DRAFT}/discard"): Act.KEEP_ARTICLES,
    ("POST", f"{DRAFT}/encoding"): Act.KEEP_ARTICLES,
    ("POST", f"{DRAFT}/passages"): Act.KEEP_ARTICLES,
    ("GET", f"{ARTICLE}/correct"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/correct"): Act.KEEP_ARTICLES,
    ("GET", CORRECTION): Act.KEEP_ARTICLES,
    ("POST", CORRECTION): Act.KEEP_ARTICLES,
    ("POST", f"{CORRECTION}/discard"): Act.KEEP_ARTICLES,
    ("POST", f"{CORRECTION}/encoding"): Act.KEEP_ARTICLES,
    ("GET", f"{CORRECTION}/annotations/<int:annotation_id>"): Act.KEEP_ARTICLES,
    ("POST", f"{CORRECTION}/annotations/<int:annotation_id>"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/take-back"): Act.KEEP_ARTICLES,
    ("GET", f"{ARTICLE}/details"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/details"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/archive"): Act.KEEP_ARTICLES,
    ("POST", f"{ARTICLE}/restore"): Act.KEEP_ARTICLES,
    ("GET", f"{ARTICLE}/assignments"): Act.READ,
    ("POST", f"{ARTICLE}/assignments"): Act.ASSIGN,
    ("POST", f"{ARTICLE}/assignments/<int:account_id>/remove"): Act.ASSIGN,
    ("POST", f"{ARTICLE}/assignments/<int:account_id>/reopen"): Act.REVEAL,
    ("POST", f"{ARTICLE}/assignments/undo"): Act.ASSIGN,
    ("POST", f"{PROJECT}/assignments"): Act.ASSIGN,
    ("POST", f"{PROJECT}/assignments/undo"): Act.ASSIGN,
    ("POST", f"{ARTICLE}/mode"): Act.REVEAL,
    ("POST", f"{ARTICLE}/reveal"): Act.REVEAL,
    ("POST", f"{ARTICLE}/hide"): Act.REVEAL,
    ("POST", f"{PROJECT}/mode"): Act.MANAGE,
    ("GET", f"{PROJECT}/activity"): Act.READ,
    ("GET", f"{ARTICLE}/activity"): Act.READ,
    ("GET", f"{PROJECT}/people"): Act.READ,
    ("POST", f"{PROJECT}/people/<int:account_id>/role"): Act.MANAGE,
    ("POST", f"{PROJECT}/people/<int:account_id>/remove"): Act.MANAGE,
    ("POST", f"{PROJECT}/invitations"): Act.MANAGE,
    ("POST", f"{PROJECT}/invitations/<int:invitation_id>/revoke"): Act.MANAGE,
    ("POST", f"{PROJECT}/reset-links"): Act.MANAGE,
    ("POST", f"{PROJECT}/leave"): Act.READ,
    ("GET", GUIDELINES): Act.READ,
    ("GET", f"{GUIDELINES}/versions"): Act.READ,
    ("GET", f"{GUIDELINES}/versions/<int:number>"): Act.READ,
    ("GET", f"{GUIDELINES}/edit"): Act.WRITE_GUIDELINES,
    ("POST", GUIDELINES): Act.WRITE_GUIDELINES,
    ("POST", f"{GUIDELINES}/versions/<int:number>/restore"): Act.WRITE_GUIDELINES,
    ("GET", THEMES): Act.READ,
    ("POST", THEMES): Act.MAKE_THEMES,
    ("GET", f"{ARTICLE}/themes"): Act.READ,
    ("GET", THEME): Act.READ,
    ("POST", THEME): Act.KEEP_THEMES,
    ("POST", f"{THEME}/move"): Act.KEEP_THEMES,
    ("POST", f"{THEME}/archive"): Act.KEEP_THEMES,
    ("POST", f"{THEME}/merge"): Act.KEEP_THEMES,
    ("POST", f"{THEMES}/undo-merge"): Act.KEEP_THEMES,
    ("GET", f"{THEMES}.csv"): Act.EXPORT,
    ("GET", f"{THEMES}/import"): Act.KEEP_THEMES,
    ("POST", f"{THEMES}/import"): Act.KEEP_THEMES,
    ("POST", f"{THEMES}/imports/<int:event_id>/undo"): Act.KEEP_THEMES,
    ("POST", f"{THEME}/restore"): Act.KEEP_THEMES,
    ("GET", f"{PROJECT}/archive.zip"): Act.EXPORT_PROJECT,
    ("GET", f"{PROJECT}/settings"): Act.SEE_SETTINGS,
    ("POST", f"{PROJECT}/settings"): Act.MANAGE,
    ("POST", f"{PROJECT}/archive"): Act.ARCHIVE,
    ("POST", f"{PROJECT}/restore"): Act.ARCHIVE,
}
# Who has done nothing here has nothing to undo or redo, whatever they may do.
NOTHING_DONE = {f"{ARTICLE}/undo", f"{ARTICLE}/redo"}


def test_the_table_names_every_route_of_a_project(app: Flask) -> None:
    known = {(method, rule.rule) for method, rule in routes(app)}
    assert set(NEEDS) == {each for each in known if "<slug>" in each[1] or ANNOTATION in each[1]}


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", list(Role))
def test_a_role_does_on_every_route_what_the_table_allows_and_nothing_else(
    app: Flask, session: Session, role: Role
) -> None:
    looking = Asking(app, session, role)
    for (method, rule), act in NEEDS.items():
        allowed = may(looking.member, act)
        before = looking.events()
        if allowed and method == "POST":  # only what is done leaves another project behind
            with looking.apart() as asking:
                answer = asking.send(method, rule)
        else:
            answer = looking.send(method, rule)
        if allowed:
            assert answer.status_code in {200, 302, 303, 409, 422}, (method, rule)
            assert answer.status_code != 409 or rule in NOTHING_DONE, (method, rule)
        else:
            assert answer.status_code == (409 if rule in NOTHING_DONE else 403), (method, rule)
            assert looking.events() == before, (method, rule)


@pytest.mark.sqlite_only
def test_a_refusal_names_what_was_asked_for(app: Flask, session: Session) -> None:
    answer = Asking(app, session, Role.READER).send("GET", f"{PROJECT}/settings")
    assert "You may not see the project settings: you are here as reader." in answer.text


@pytest.mark.sqlite_only
@pytest.mark.parametrize("role", list(Role))
def test_an_archived_project_is_read_and_exported_and_takes_no_change(
    app: Flask, session: Session, role: Role
) -> None:
    looking = Asking(app, session, role)
    role_allows = {act: may(looking.member, act) for act in Act}
    looking.archive()
    for (method, rule), act in NEEDS.items():
        is_refused_anyway = not role_allows[act]
        is_done = act in {Act.READ, Act.EXPORT} or (
            act in {Act.SEE_SETTINGS, Act.ARCHIVE, Act.EXPORT_PROJECT} and not is_refused_anyway
        )
        before = looking.events()
        if is_done and method == "POST":  # only what is done leaves another project behind
            with looking.apart() as asking:
                answer = asking.send(method, rule)
        else:
            answer = looking.send(method, rule)
        if is_done:
            assert answer.status_code in {200, 302, 303}, (method, rule)
        elif answer.status_code == 409:
            assert rule in NOTHING_DONE, (method, rule)
            assert looking.events() == before, (method, rule)
        else:
            assert answer.status_code == 403, (method, rule)
            assert is_refused_anyway or "this project is archived" in answer.text, (method, rule)
            assert looking.events() == before, (method, rule)


@pytest.mark.sqlite_only
def test_a_page_of_an_archived_project_offers_nothing_to_change(
    app: Flask, session: Session
) -> None:
    asking = Asking(app, session, Role.OWNER)
    asking.archive()
    for method, rule in NEEDS:
        answer = asking.send("GET", rule) if method == "GET" else None
        if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
            main = answer.text.partition("<main")[2]
            forms = main.count('method="post"')
            # One may restore it, and leave it.
            assert forms == (1 if rule.endswith(("/settings", "/people")) else 0), rule
    assert 'data-can-tag="false"' in asking.send("GET", ARTICLE).text
    assert ">archived</span>" in asking.send("GET", f"{PROJECT}/articles").text
