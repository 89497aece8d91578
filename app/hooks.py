"""What hangs on each hook: where one room lets others act that it knows nothing of.

`create_app` calls `register`, and so do commands and tests that make no application. A hook is a
`Hook` of app/core/hooks.py; one on which nothing was hung refuses to be called.
"""

from app.accounts.views.audit import account_event
from app.annotations.queries.marks import THREAD_FILTERS
from app.annotations.service.listeners import annotations_changed
from app.assignments.service.assignments import reopen_what_was_done
from app.discussion.queries.discussion import THREAD_STATES
from app.discussion.service.stances import tell_who_took_stances
from app.exports.views.web_annotations import MEDIA_TYPES, show_annotation
from app.projects.service.account_audit import record_in_projects
from app.projects.service.members import member_joined
from app.reading.views.annotation_card import REPRESENTATIONS


def register() -> None:
    """Hang everything where it belongs. Twice is as good as once."""
    account_event.set(record_in_projects)
    member_joined.set(reopen_what_was_done)
    annotations_changed.set(tell_who_took_stances)
    # What a page can be narrowed down to, by what is said of annotations.
    THREAD_FILTERS.update(THREAD_STATES)
    # As what a permalink can be asked for, beside its page.
    REPRESENTATIONS.update(dict.fromkeys(MEDIA_TYPES, show_annotation))
