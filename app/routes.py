"""Every route of the application: the blueprints, room by room."""

from app.accounts.views import email_change, my_account, password_reset, password_reset_request
from app.activity import views as activity
from app.api.views import annotations as api_annotations
from app.api.views import exports as api_exports
from app.api.views import reading as api_reading
from app.api.views import tokens as api_tokens
from app.archives import views as archives
from app.codebook import views as codebook
from app.corrections.views import correct, place, review, revisions
from app.exports.views import files, web_annotations
from app.findings.views import bulk, occurrences, passages, searches, summary
from app.guidelines.views import examples, guidelines
from app.imports import views as imports
from app.inbox.views import digests, inbox
from app.library.views import add, article_list, assignments, details
from app.live import views as live
from app.people.views import invitations, members, projects, reset_links
from app.reading.views import (
    annotation_card,
    discussion,
    find,
    orphans,
    progress,
    reading_page,
    tagging,
    updates,
    who,
)
from app.signup.views import create_account, join, oidc
from app.statements.views import changes, keeping, networks, parties, positions
from app.web import health

MODULES = (
    *(my_account, email_change, password_reset, password_reset_request),
    *(create_account, join, oidc),
    *(projects, members, invitations, reset_links),
    *(reading_page, find, tagging, annotation_card, discussion, orphans, progress, updates, who),
    *(inbox, digests),
    *(guidelines, examples),
    codebook,
    activity,
    *(article_list, add, details, assignments),
    *(correct, review, place, revisions),
    *(bulk, occurrences, passages, searches, summary),
    *(positions, parties, keeping, changes, networks),
    *(files, web_annotations),
    imports,
    *(api_tokens, api_reading, api_annotations, api_exports),
    archives,
    live,
    health,
)
BLUEPRINTS = tuple(module.blueprint for module in MODULES)
