"""What the pages of projects and people show."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.people.queries import Counts
from app.projects.models import NAME_LIMIT, Member
from app.projects.roles import Role
from app.projects.service import MyProject


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """One of my projects in the list."""

    slug: str
    name: str
    role: Role
    articles: int
    members: int


@dataclass(frozen=True, slots=True)
class ProjectsPage:
    """My projects, archived ones apart, and a form for a new one with what was typed in it."""

    in_use: Sequence[ProjectLine]
    archived: Sequence[ProjectLine]
    name: str = ""
    error: str = ""
    name_limit: int = NAME_LIMIT


@dataclass(frozen=True, slots=True)
class SettingsPage:
    """A project's settings, for its owners."""

    slug: str
    project: str
    is_archived: bool
    name: str
    error: str = ""
    name_limit: int = NAME_LIMIT


def projects_page(
    mine: Sequence[MyProject], counts: dict[int, Counts], name: str = "", error: str = ""
) -> ProjectsPage:
    """Build the list of projects."""

    def lines(*, archived: bool) -> list[ProjectLine]:
        return [
            ProjectLine(
                project.slug,
                project.name,
                project.role,
                counts[project.id].articles,
                counts[project.id].members,
            )
            for project in mine
            if project.is_archived == archived
        ]

    return ProjectsPage(lines(archived=False), lines(archived=True), name, error)


def settings_page(member: Member, name: str | None = None, error: str = "") -> SettingsPage:
    """Build the settings of a project; `name` is what was typed."""
    project = member.project
    shown = project.name if name is None else name
    return SettingsPage(project.slug, project.name, member.is_in_archive, shown, error)
