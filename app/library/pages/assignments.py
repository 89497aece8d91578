"""What the page of an article's assignments shows."""

from collections.abc import Mapping, Sequence

from app.annotations.queries.annotations import Tally
from app.articles.models import Article
from app.assignments.forms import AssignForm
from app.assignments.models import State
from app.assignments.pages.assigned import Made
from app.assignments.queries.progress import Where
from app.assignments.queries.visibility import mode_of
from app.frozen import frozen
from app.projects.models import Project
from app.projects.tagging_modes import FROM_THEN_ON, IN_WORDS, Mode
from app.reading.pages.article_ref import ArticleRef
from app.web.filters import moment, pluralise

SENTENCES: Mapping[str, str] = {
    "mode, own": "It is {mode}: {meaning}.",
    "mode, project": "It is {mode}, as the project is: {meaning}.",
    "revealed, own": "It was tagged independently. Since {since} it is revealed to everyone.",
    "revealed, project": (
        "It was tagged independently, as the project is. Since {since} it is revealed to everyone."
    ),
    "opening": "Everyone in the project sees {annotations} at once, readers too.",
    "not done": "Not done yet: {names}. What they tag after that is not independent.",
    "done": "Already done, and so seeing everything: {names}.",
    "tagged": "Tagged already: {annotations}; what someone has seen of it, they have seen.",
    "all": "{annotations} by {people}",
}
"""Who sees what of an article, and what a change of that does: by case."""


@frozen
class MemberChoice:
    """Something that can be decided: what it is called, what happens then, and the form for it.

    `endpoint` is where the form goes, with `mode` unless that is None.
    """

    label: str
    consequences: str
    endpoint: str
    mode: str | None = None


@frozen
class AssignmentsPage:
    """Who is where with an article, and who sees what in it.

    `unassigned` is from whom the assignment was just taken, with `unassigned_due` as it was, and
    `made` what was just assigned;
    `says` is how it is tagged, `choices` what can be decided about that.
    """

    article: ArticleRef
    account_id: int
    where: Sequence[Where]
    unassigned: tuple[int, str] | None
    unassigned_due: str
    people: Sequence[tuple[int, str]]
    is_archived: bool
    can_assign: bool
    can_reveal: bool
    can_reopen: bool
    says: str
    choices: Sequence[MemberChoice]
    form: AssignForm
    made: Made | None
    problem: str


def mode_in_words(article: Article, project: Project) -> str:
    """Say how an article is tagged, and whether that is its own way or the project's."""
    mode = mode_of(article, project)
    whose = "own" if article.mode else "project"
    if mode is Mode.INDEPENDENT and article.revealed_at is not None:
        return SENTENCES[f"revealed, {whose}"].format(since=moment(article.revealed_at))
    return SENTENCES[f"mode, {whose}"].format(mode=mode, meaning=IN_WORDS[mode])


def choices(
    article: Article, project: Project, where: Sequence[Where], tagged: Tally
) -> list[MemberChoice]:
    """Return what a curator can decide about who sees what, each with what happens then."""
    mode, found = mode_of(article, project), []
    if mode is Mode.INDEPENDENT and article.revealed_at is None:
        found.append(
            MemberChoice("Reveal it to everyone", _on_opening(where, tagged), "assignments.reveal")
        )
    if mode is Mode.INDEPENDENT and article.revealed_at is not None:
        found.append(MemberChoice("Hide it again", _on_parting(where, tagged), "assignments.hide"))
    found += [
        MemberChoice(
            f"Make it {other}", _on_change(mode, other, where, tagged), SET_MODE, other.value
        )
        for other in Mode
        if other is not mode
    ]
    if article.mode is not None:
        other = project.mode
        found.append(
            MemberChoice(
                f"Follow the project, which is {other}",
                _on_change(mode, other, where, tagged),
                SET_MODE,
                "",
            )
        )
    return found


SET_MODE = "assignments.set_mode"


def _on_change(mode: Mode, other: Mode, where: Sequence[Where], tagged: Tally) -> str:
    if other is mode:
        return "Nothing changes now. It changes when the project does."
    if other is Mode.SHARED:
        return _on_opening(where, tagged)
    return _on_parting(where, tagged)


def _on_opening(where: Sequence[Where], tagged: Tally) -> str:
    """Say what happens when everyone sees everything."""
    unfinished = [each.name for each in where if each.state is not State.DONE]
    said = [SENTENCES["opening"].format(annotations=_all(tagged))]
    if unfinished:
        said.append(SENTENCES["not done"].format(names=", ".join(unfinished)))
    return " ".join(said)


def _on_parting(where: Sequence[Where], tagged: Tally) -> str:
    """Say what happens when each sees their own alone."""
    done = [each.name for each in where if each.state is State.DONE]
    said = [FROM_THEN_ON[Mode.INDEPENDENT]]
    if done:
        said.append(SENTENCES["done"].format(names=", ".join(done)))
    if tagged.annotations:
        said.append(SENTENCES["tagged"].format(annotations=_all(tagged)))
    return " ".join(said)


def _all(tagged: Tally) -> str:
    return SENTENCES["all"].format(
        annotations=pluralise(tagged.annotations, "annotation", "annotations"),
        people=pluralise(tagged.annotators, "person", "people"),
    )
