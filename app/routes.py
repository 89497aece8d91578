"""Every route of the application: the blueprints, room by room."""

from app.accounts.views import my_account, password_reset, password_reset_request
from app.activity import views as activity
from app.corrections.views import correct, place, review, revisions
from app.exports import views as exports
from app.guidelines.views import examples, guidelines
from app.inbox.views import digests, inbox
from app.library.views import add, article_list, assignments, details
from app.live import views as live
from app.people.views import invitations, members, projects, reset_links
from app.reading.views import (
    annotation_card,
    discussion,
    orphans,
    progress,
    reading_page,
    tagging,
    updates,
)
from app.signup.views import create_account, join, oidc

MODULES = (
    *(my_account, password_reset, password_reset_request),
    *(create_account, join, oidc),
    *(projects, members, invitations, reset_links),
    *(reading_page, tagging, annotation_card, discussion, orphans, progress, updates),
    *(inbox, digests),
    *(guidelines, examples),
    activity,
    *(article_list, add, details, assignments),
    *(correct, review, place, revisions),
    exports,
    live,
)
BLUEPRINTS = tuple(module.blueprint for module in MODULES)
