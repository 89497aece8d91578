"""What hangs on each hook: where one room lets others act that it knows nothing of.

`create_app` calls `register`, and so do commands and tests that make no application. A hook is a
`Hook` of app/core/hooks.py; one on which nothing was hung refuses to be called.
"""

from app.accounts.views.audit import account_event
from app.annotations.queries.thread_filters import THREAD_FILTERS
from app.annotations.service.listeners import annotations_changed
from app.core.lazy import LazyFunction
from app.discussion.thread_states import STATES
from app.exports.file_types import MEDIA_TYPES
from app.projects.service.members import member_joined
from app.reading.views.representations import REPRESENTATIONS

record_in_projects = LazyFunction("app.projects.service.account_audit", "record_in_projects")
reopen_what_was_done = LazyFunction("app.assignments.service.assignments", "reopen_what_was_done")
tell_who_took_stances = LazyFunction("app.discussion.service.stances", "tell_who_took_stances")
filter_by_thread = LazyFunction("app.discussion.queries.discussion", "filter_by_thread")
show_annotation = LazyFunction("app.exports.views.web_annotations", "show_annotation")


def register() -> None:
    """Hang everything where it belongs. Twice is as good as once."""
    account_event.set(record_in_projects)
    member_joined.set(reopen_what_was_done)
    annotations_changed.set(tell_who_took_stances)
    # What a page can be narrowed down to, by what is said of annotations.
    THREAD_FILTERS.update(dict.fromkeys(STATES, filter_by_thread))
    # As what a permalink can be asked for, beside its page.
    REPRESENTATIONS.update(dict.fromkeys(MEDIA_TYPES, show_annotation))
