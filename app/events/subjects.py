"""What an event is about, and who did it: what `record` is told."""

from typing import NamedTuple, Protocol

from app.frozen import frozen


class Subject(NamedTuple):
    """The thing that an event is about: by its kind, such as "annotation", and its id.

    `version` is that of its row after the event, None for what has none. `article_id` and
    `annotation_id` say where the event belongs: in the histories of an article and of an
    annotation, and to whoever may see these.
    """

    kind: str
    id: int
    version: int | None = None
    article_id: int | None = None
    annotation_id: int | None = None


class Actor(Protocol):
    """Who did something in a project: a member of it, or a `ProjectActor`."""

    @property
    def project_id(self) -> int:
        """Return the project in which it was done."""
        ...

    @property
    def account_id(self) -> int | None:
        """Return whose act it was, None for the installation itself."""
        ...


@frozen
class ProjectActor:
    """Who did something without being a member: an account by its id, or the installation."""

    project_id: int
    account_id: int | None = None
