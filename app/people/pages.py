"""What the pages of projects and people show."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.people.queries import Counts, Tagger
from app.projects.models import NAME_LIMIT, Member
from app.projects.roles import Act, Role, may
from app.projects.service import MyProject

ROLES = {
    Role.READER: "reads and exports",
    Role.ANNOTATOR: "tags too, and changes their own annotations",
    Role.CURATOR: "changes everyone’s too, and adds articles",
    Role.OWNER: "decides on people and settings too",
}


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


@dataclass(frozen=True, slots=True)
class Person:
    """A member in the list; `email` is "" for who need not know it."""

    account_id: int
    name: str
    email: str
    role: Role
    joined_at: datetime
    annotations: int
    is_me: bool


@dataclass(frozen=True, slots=True)
class PeoplePage:
    """The people of a project; `gone` have tagged in it and are no members any more."""

    slug: str
    project: str
    people: Sequence[Person]
    gone: Sequence[Tagger]
    roles: dict[Role, str]
    can_manage: bool
    is_owner: bool
    is_last_owner: bool
    problem: str = ""


def people_page(
    me: Member, members: Sequence[Member], taggers: Sequence[Tagger], problem: str = ""
) -> PeoplePage:
    """Build the list of people as one of them sees it."""
    is_owner = me.role is Role.OWNER
    annotations = {tagger.account_id: tagger.annotations for tagger in taggers}
    here = {member.account_id for member in members}
    owners = [member.account_id for member in members if member.role is Role.OWNER]
    return PeoplePage(
        slug=me.project.slug,
        project=me.project.name,
        people=[
            Person(
                member.account_id,
                member.account.name,
                member.account.email if is_owner else "",
                member.role,
                member.joined_at,
                annotations.get(member.account_id, 0),
                is_me=member.account_id == me.account_id,
            )
            for member in members
        ],
        gone=[tagger for tagger in taggers if tagger.account_id not in here],
        roles=ROLES,
        can_manage=may(me, Act.MANAGE),
        is_owner=is_owner,
        is_last_owner=owners == [me.account_id],
        problem=problem,
    )


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
