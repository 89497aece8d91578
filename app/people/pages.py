"""What the pages of projects and people show."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from app.accounts.service.reset_tokens import HOURS
from app.frozen import frozen
from app.people.queries import AnnotatorRow, Counts, Following
from app.projects.models import NAME_LIMIT, Invitation, Member
from app.projects.roles import IN_WORDS, Act, Role, may
from app.projects.service.invitations import DAYS
from app.projects.service.projects import MOST_OWNED, MyProject
from app.projects.tagging_modes import FROM_THEN_ON, Mode
from app.projects.tagging_modes import IN_WORDS as MODES_IN_WORDS
from app.web.filters import moment, number
from app.web.responses import Pager

SENTENCES: Mapping[str, str] = {
    "tagged, none": "Nothing is tagged yet in the articles that follow the project.",
    "tagged, one": (
        "In 1 article that follows the project something is tagged already: "
        "what someone has seen of it, they have seen."
    ),
    "tagged, many": (
        "In {count:,} articles that follow the project something is tagged already: "
        "what someone has seen of it, they have seen."
    ),
    "revealed, one, independent": (
        "1 article that follows the project is revealed to everyone: that is taken back."
    ),
    "revealed, many, independent": (
        "{count:,} articles that follow the project are revealed to everyone: that is taken back."
    ),
    "revealed, one, shared": (
        "1 article that follows the project is revealed to everyone: that is taken back, "
        "so if you make the project independent again, it is not."
    ),
    "revealed, many, shared": (
        "{count:,} articles that follow the project are revealed to everyone: that is taken back, "
        "so if you make the project independent again, they are not."
    ),
}
"""What happens when a project gets another mode: by case, by number, and by that mode."""


@frozen
class ProjectLine:
    """One of my projects in the list."""

    slug: str
    name: str
    role: Role
    articles: int
    members: int


@frozen
class ProjectsPage:
    """A page of my projects, archived ones apart, and a form for a new one with what was typed."""

    in_use: Sequence[ProjectLine]
    archived: Sequence[ProjectLine]
    pager: Pager
    name: str = ""
    error: str = ""
    name_limit: int = NAME_LIMIT
    most_owned: int = MOST_OWNED

    @property
    def name_rule(self) -> str:
        """Say what a name may be, and how many projects one owns."""
        return (
            "In any script. You own the project and decide who else is in it; "
            f"one person owns at most {number(self.most_owned)}. "
        )


@frozen
class SettingsPage:
    """A project's settings, for its owners.

    `following` counts articles that have no mode of their own.
    """

    slug: str
    project: str
    is_archived: bool
    mode: Mode
    other_mode: Mode
    modes: Mapping[Mode, str]
    following: Following
    name: str
    error: str = ""
    name_limit: int = NAME_LIMIT

    @property
    def consequences(self) -> list[str]:
        """Say in sentences what happens when the project gets the other mode."""
        tagged, revealed = self.following.tagged, self.following.revealed
        said = [
            FROM_THEN_ON[self.other_mode],
            SENTENCES[f"tagged, {_plural(tagged)}"].format(count=tagged),
        ]
        if revealed:
            sentence = SENTENCES[f"revealed, {_plural(revealed)}, {self.other_mode}"]
            said.append(sentence.format(count=revealed))
        return said


def _plural(count: int) -> str:
    return {0: "none", 1: "one"}.get(count, "many")


@frozen
class MemberLine:
    """A member in the list; `email` is "" for who need not know it."""

    account_id: int
    name: str
    colour: str
    email: str
    role: Role
    joined_at: datetime
    annotations: int
    is_me: bool
    is_last_owner: bool


@frozen
class InvitationLine:
    """An invitation that still lets somebody in."""

    id: int
    role: Role
    is_for_one: bool
    uses: int
    inviter: str
    made_at: datetime
    expires_at: datetime

    @property
    def link_label(self) -> str:
        """Say whom its link is for, and until when."""
        until = moment(self.expires_at)
        if self.is_for_one:
            return f"The link for one person as {self.role}, until {until}"
        return f"The link for any number of people as {self.role}, until {until}"


@frozen
class InvitationForm:
    """What stands in the form that makes an invitation."""

    role: str = Role.ANNOTATOR
    days: str = "7"
    is_for_one: bool = True


@frozen
class Helped:
    """A member who can be helped back in by a link."""

    account_id: int
    name: str


@frozen
class MadeReset:
    """A link that sets the password of someone, just made."""

    name: str
    link: str

    @property
    def label(self) -> str:
        """Say whom the link is for."""
        return f"The link for {self.name}"

    @property
    def rule(self) -> str:
        """Say who can use the link."""
        return f"Whoever has it can sign in as {self.name}, so send it to them alone."


@frozen
class PeoplePage:
    """The people of a project; `gone` have tagged in it and are no members any more.

    `outsiders` have no account: what they tagged was brought in.

    `link` is the address of an invitation that was just made, to be seen this once, and `made`
    that invitation; `reset` likewise a link that sets a password, which lasts `reset_hours`;
    `leaves_out` says that the numbers are of what may be seen, which is not all.
    """

    slug: str
    project: str
    people: Sequence[MemberLine]
    gone: Sequence[AnnotatorRow]
    outsiders: Sequence[AnnotatorRow]
    roles: dict[Role, str]
    can_manage: bool
    is_owner: bool
    is_last_owner: bool
    invitations: Sequence[InvitationLine]
    days: Sequence[int]
    form: InvitationForm
    link: str
    made: InvitationLine | None
    helped: Sequence[Helped]
    reset: MadeReset | None
    reset_hours: int
    leaves_out: bool
    problem: str


def people_page(
    me: Member,
    members: Sequence[Member],
    taggers: Sequence[AnnotatorRow],
    invitations: Sequence[Invitation],
    *,
    form: InvitationForm,
    made: tuple[int, str] | None = None,
    helped: Sequence[Member] = (),
    reset: MadeReset | None = None,
    leaves_out: bool = False,
    problem: str = "",
) -> PeoplePage:
    """Build the list of people as one of them sees it.

    `made` is the id of an invitation that they just made, and its address; `helped` are those for
    whom they may make a link that sets a password, and `reset` is one that they just made.
    """
    lines = [_invitation_line(each) for each in invitations]
    made_id, link = made or (0, "")
    new = next((line for line in lines if line.id == made_id), None)
    is_owner = me.role is Role.OWNER
    annotations = {tagger.account_id: tagger.annotations for tagger in taggers}
    here = {member.account_id for member in members}
    owners = [member.account_id for member in members if member.role is Role.OWNER]
    return PeoplePage(
        slug=me.project.slug,
        project=me.project.name,
        people=[
            MemberLine(
                member.account_id,
                member.account.name,
                member.account.colour,
                member.account.email if is_owner else "",
                member.role,
                member.joined_at,
                annotations.get(member.account_id, 0),
                is_me=member.account_id == me.account_id,
                is_last_owner=owners == [member.account_id],
            )
            for member in members
        ],
        gone=[
            tagger for tagger in taggers if tagger.account_id not in here and not tagger.is_outsider
        ],
        outsiders=[tagger for tagger in taggers if tagger.is_outsider],
        roles=IN_WORDS,
        can_manage=may(me, Act.MANAGE),
        is_owner=is_owner,
        is_last_owner=owners == [me.account_id],
        invitations=lines,
        days=DAYS,
        form=form,
        link=link if new else "",
        made=new,
        helped=[Helped(member.account_id, member.account.name) for member in helped],
        reset=reset,
        reset_hours=HOURS,
        leaves_out=leaves_out,
        problem=problem,
    )


def _invitation_line(invitation: Invitation) -> InvitationLine:
    return InvitationLine(
        id=invitation.id,
        role=invitation.role,
        is_for_one=invitation.max_uses == 1,
        uses=invitation.uses,
        inviter=invitation.inviter.name,
        made_at=invitation.made_at,
        expires_at=invitation.expires_at,
    )


def projects_page(
    mine: Sequence[MyProject],
    counts: dict[int, Counts],
    pager: Pager,
    name: str = "",
    error: str = "",
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

    return ProjectsPage(lines(archived=False), lines(archived=True), pager, name, error)


def settings_page(
    member: Member, following: Following, name: str | None = None, error: str = ""
) -> SettingsPage:
    """Build the settings of a project; `name` is what was typed."""
    project = member.project
    return SettingsPage(
        project.slug,
        project.name,
        member.is_in_archive,
        mode=project.mode,
        other_mode=next(mode for mode in Mode if mode is not project.mode),
        modes=MODES_IN_WORDS,
        following=following,
        name=project.name if name is None else name,
        error=error,
    )
