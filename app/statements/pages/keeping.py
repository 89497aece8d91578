"""The page on which a party or a position is changed: a `@frozen` object, and what builds it."""

from collections.abc import Mapping, Sequence
from dataclasses import field, replace

from sqlalchemy.orm import Session

from app.core.errors import Conflict, Invalid
from app.frozen import frozen
from app.parties import queries
from app.parties.fields import CALLED
from app.parties.models import NOTE_LIMIT, Named
from app.parties.service.affiliations import MOST_AFFILIATIONS
from app.parties.service.names import NamedConflict, NameTaken
from app.parties.state import PartyState, state_of
from app.projects.models import Member
from app.statements.forms import AffiliationTyped, NamedChangeForm
from app.statements.pages.words import KINDS_IN_WORDS, PARTIES, SubjectWords
from app.statements.queries.uses import count_names, list_entries
from app.text.direction import isolated
from app.web.responses import FormPage

EMPTY_ROWS = 2  # of affiliations, to be filled in


@frozen
class Alias:
    """Another name of a party, or another wording of a position, and how often it is used."""

    id: int
    called: str
    uses: int


@frozen
class KeepingPage(FormPage):
    """The forms that change a party or a position.

    `said` is what is said of it now, `typed` what was sent and not saved; `rows` are the
    affiliations, typed or kept. `offered` are names that can be merged into, `organizations` those
    that one can speak for.
    """

    slug: str
    words: SubjectWords
    id: int
    called: str
    version: int
    said: Mapping[str, str]
    said_affiliations: Sequence[AffiliationTyped]
    rows: Sequence[AffiliationTyped]
    aliases: Sequence[Alias]
    is_archived: bool
    offered: Sequence[str]
    organizations: Sequence[str]
    typed: Mapping[str, str] = field(default_factory=dict)
    is_conflict: bool = False
    problem: str = ""
    field: str = ""
    kinds: Sequence[tuple[str, str]] = tuple(KINDS_IN_WORDS.items())
    note_limit: int = NOTE_LIMIT
    most_affiliations: int = MOST_AFFILIATIONS

    def in_form(self, name: str) -> str:
        """Return what was sent in a field, or else what is said there."""
        return self.typed.get(name, self.said.get(name, ""))

    @property
    def is_party(self) -> bool:
        """Say whether it is a party."""
        return self.words is PARTIES

    @property
    def becomes_alias(self) -> str:
        """Say what becomes of it when it is merged."""
        return self.words.becomes_alias.format(called=isolated(self.called))

    @property
    def kind_said(self) -> str:
        """Return what it is now, in words."""
        return KINDS_IN_WORDS[self.said.get("kind", "")]

    @property
    def kind(self) -> str:
        """Return the kind that is chosen in the form."""
        return self.in_form("kind")

    @property
    def problem_above(self) -> str:
        """Return what no field says."""
        return "" if self.field else self.problem


def keeping_page(session: Session, member: Member, words: SubjectWords, row: Named) -> KeepingPage:
    """Build the page of a main party or position."""
    entries = list_entries(session, words.model, member.project_id)
    uses = count_names(session, member, words.of, queries.aliases_of(session, row))
    main = [each for each in entries.values() if each.main == each.id and not each.is_archived]
    said = {"called": row.called, "note": row.note}
    rows: list[AffiliationTyped] = []
    state = state_of(row)
    if isinstance(state, PartyState):
        said["kind"] = state.kind
        rows = [
            AffiliationTyped(
                entries[entries[each.organization].main].called,
                each.since.isoformat() if each.since else "",
                each.until.isoformat() if each.until else "",
            )
            for each in state.affiliations
        ]
    return KeepingPage(
        slug=member.project.slug,
        words=words,
        id=row.id,
        called=row.called,
        version=row.version,
        said=said,
        said_affiliations=rows,
        rows=_with_empty(rows),
        aliases=[
            Alias(each.id, each.called, uses[each.id]) for each in queries.aliases_of(session, row)
        ],
        is_archived=row.archived_at is not None,
        offered=[each.called for each in main if each.id != row.id],
        organizations=[
            each.called for each in main if each.id != row.id and each.kind == "organization"
        ],
    )


def _with_empty(rows: Sequence[AffiliationTyped]) -> Sequence[AffiliationTyped]:
    filled = [row for row in rows if any(row)]
    room = min(EMPTY_ROWS, max(MOST_AFFILIATIONS - len(filled), 0))
    return [*filled, *[AffiliationTyped()] * room]


def not_saved(page: KeepingPage, form: NamedChangeForm, error: Invalid | Conflict) -> KeepingPage:
    """Return the page with what was sent, and why it was not saved."""
    own = CALLED[page.words.of]
    typed = {"called" if name == own else name: value for name, value in form.typed.items()}
    return replace(
        page,
        typed=typed,
        rows=page.rows if form.affiliations is None else _with_empty(form.affiliations),
        problem=error.message,
        field=_field_of(error, own),
        is_conflict=isinstance(error, NamedConflict),
    )


def not_done(page: KeepingPage, where: str, typed: str, error: Invalid | Conflict) -> KeepingPage:
    """Return the page with what was typed as another name or as what to merge into."""
    return replace(page, typed={where: typed}, problem=error.message, field=where)


def _field_of(error: Invalid | Conflict, own: str) -> str:
    """Return the field of the form that an error is about, "" for none."""
    name = "called" if isinstance(error, NameTaken) else getattr(error, "field", "")
    return "called" if name == own else str(name)
