"""Which passages an address asks for, found plainly: by going through all that there are."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.articles.models import Article
from app.articles.queries.content import content_of
from app.assignments.queries.visibility import visibility_for
from app.discussion.models import Comment, Stance, Thread
from app.discussion.service import threads
from app.findings.asked import ME, NONE, PLACES, Asked, Grouping, PassageSort
from app.findings.queries.matching import NAMED
from app.findings.sentences import bounds_of
from app.parties.models import Named
from app.parties.queries import list_all
from app.projects.models import Member
from app.search.query import read_query
from app.text.sorting import sort_key
from app.themes.models import Theme
from app.themes.queries import list_themes
from tests.harness.searching import has
from tests.harness.world import TAGS, tree


class Reference:
    """Which passages are asked for, by going through all that there are, one by one."""

    def __init__(self, session: Session, member: Member) -> None:
        self.session, self.member = session, member
        self.known: dict[tuple[int, str], Sequence[str]] = {}
        named = {theme.name: theme.id for theme in list_themes(session, member.project_id)}
        self.merged = {named[name]: named["Water"] for name in ("Brook", "River") if name in named}
        every = list_themes(session, member.project_id)
        self.parents = {theme.id: theme.parent_id for theme in every}
        self.all = [
            annotation
            for annotation in session.scalars(select(Annotation))
            if annotation.project_id == member.project_id
            and annotation.deleted_at is None
            and visibility_for(session, member, self.article(annotation)).includes(
                annotation.account_id
            )
        ]

    def article(self, annotation: Annotation) -> Article:
        """Return the article of an annotation."""
        return self.session.get_one(Article, annotation.article_id)

    def find(self, asked: Asked) -> list[Annotation]:
        """Return all that is asked for, in no order."""
        return [one for one in self.all if self.fits(one, asked)]

    def counts(self, asked: Asked, facet: str) -> Mapping[str, int]:
        """Return how many one would get with each value of a facet, in place of what it asks."""
        others = self.find(asked.without(facet))
        found = Counter(value for one in others for value in self.values(one, facet))
        return {value: number for value, number in found.items() if self.is_shown(facet, value)}

    def is_shown(self, facet: str, value: str) -> bool:
        """Say whether a value of a facet is shown with its count: each once, by its main id."""
        left_out = {"", ME, *(str(one.id) for one in self.aliases(facet))}
        if facet == "theme":
            left_out |= {written for one in self.merged for written in (str(one), tree(one))}
            left_out |= {tree(one) for one in self.parents if one not in self.parents.values()}
        return value not in left_out

    def in_order(self, asked: Asked) -> list[int]:
        """Return the ids of all that is asked for, as they stand in the list."""
        found, facet = sorted(self.find(asked), key=lambda one: self.order(one, asked)), asked.group
        if facet not in {"theme", *NAMED}:
            return [one.id for one in found]
        every = [*map(str, self.ids_by_name(facet)), NONE]
        wanted = {head for value in getattr(asked, facet) for head in self.heads_of(value)}
        heads = [head for head in every if head in (wanted or every)]
        return [one.id for head in heads for one in found if head in self.values(one, facet)]

    def ids_by_name(self, facet: str) -> Sequence[int]:
        """Return the ids of the project's themes, or its main parties or positions, in order."""
        if facet == "theme":
            return [one.id for one in self.themes_in_order() if one.id not in self.merged]
        every = list_all(self.session, NAMED[facet], self.member.project_id)
        return [row.id for row in every if row.alias_of_id is None]

    def themes_in_order(self) -> Sequence[Theme]:
        """Return the project's themes: in use, each before those below it, then archived ones."""
        themes = {theme.id: theme for theme in list_themes(self.session, self.member.project_id)}

        def key(theme: Theme) -> tuple[object, ...]:
            if theme.archived_at:
                return (True, theme.folded)
            places = [(theme.position, theme.id)]
            while theme.parent_id:
                theme = themes[theme.parent_id]
                places.insert(0, (theme.position, theme.id))
            return (False, places)

        return sorted(themes.values(), key=key)

    def order(self, annotation: Annotation, asked: Asked) -> tuple[object, ...]:
        """Return what an annotation is sorted by: its head, its article, and where it stands."""
        article = self.article(annotation)
        name = sort_key(annotation.annotator.name)
        heads: Mapping[Grouping, tuple[object, ...]] = {
            Grouping.TAG: (TAGS.index(annotation.tag_name),),
            Grouping.ANNOTATOR: (name, annotation.account_id),
            Grouping.AUTHOR: (article.author_key, article.author),
        }
        day = article.published_on
        articles: Mapping[PassageSort, tuple[object, ...]] = {
            PassageSort.PUBLISHED: (day is None, -day.toordinal() if day else 0, article.id),
            PassageSort.AUTHOR: (article.author_key, article.id),
            PassageSort.PLACE: (article.id,),
            PassageSort.TAGGED: (article.id,) if asked.group is Grouping.ARTICLE else (),
        }
        place: tuple[object, ...] = (annotation.start, annotation.id)
        if asked.sort is PassageSort.TAGGED:
            place = (-annotation.created_at.timestamp(), -annotation.id)
        by = articles.get(asked.sort, articles[PassageSort.TAGGED])
        if asked.sort.value in NAMED:
            ids = [*map(str, self.ids_by_name(asked.sort.value)), NONE]
            of = self.values(annotation, asked.sort.value)[0]
            by += (ids.index(of), *articles[PassageSort.PUBLISHED])
        return (*heads.get(asked.group, ()), *by, *place)

    def fits(self, annotation: Annotation, asked: Asked) -> bool:
        """Say whether an annotation has one of the values of each facet."""
        return self.is_found(annotation, asked) and all(
            set(values) & set(self.values(annotation, name))
            for name, values in asked.filters.items()
        )

    def is_found(self, annotation: Annotation, asked: Asked) -> bool:
        """Say whether a search finds an annotation: whatever is searched has it somewhere."""
        if not asked.q:
            return True
        key = (annotation.id, "searched")
        if key not in self.known:
            self.known[key] = self.searched(annotation)
        sources = dict(zip(PLACES, self.known[key], strict=True))
        texts = [sources[name].split("\0") for name in asked.within or PLACES]
        every = [text for some in texts for text in some]
        query = read_query(asked.q)
        return (
            bool(query.groups)
            and all(any(has(text, t) for t in group for text in every) for group in query.groups)
            and not any(has(text, term) for term in query.without for text in every)
        )

    def searched(self, annotation: Annotation) -> Sequence[str]:
        """Return what a search looks through: the sentences, the note, and the thread."""
        content = content_of(self.session, annotation.revision_id)
        sentences = [
            content.text[block.start + start : block.start + end]
            for block in content.blocks
            for start, end in bounds_of(block.sentences)
            if block.start + start < annotation.end and block.start + end > annotation.start
        ]
        comments = self.session.scalars(
            select(Comment.text).where(
                Comment.annotation_id == annotation.id, Comment.deleted_at.is_(None)
            )
        )
        reasons = self.session.scalars(
            select(Stance.reason).where(Stance.annotation_id == annotation.id)
        )
        return ["\0".join(sentences), annotation.note, "\0".join([*comments, *reasons])]

    def values(self, annotation: Annotation, facet: str) -> Sequence[str]:
        """Return the values that an annotation has in a facet."""
        key = (annotation.id, facet)
        if key not in self.known:
            self.known[key] = VALUES[facet](self, annotation)
        return self.known[key]

    def annotators(self, annotation: Annotation) -> Sequence[str]:
        """Return whose it is, and whether that is who asks."""
        own = [ME] if annotation.account_id == self.member.account_id else []
        return [str(annotation.account_id), *own]

    def aliases(self, facet: str) -> Sequence[Named]:
        """Return the aliases of parties or positions, where a facet is of these."""
        if facet not in NAMED:
            return []
        return [one for one in self.session.scalars(select(NAMED[facet])) if one.alias_of_id]

    def themes(self, annotation: Annotation) -> Sequence[str]:
        """Return the ids of the themes that an annotation carries, or that were merged into one."""
        carried = set(annotation.themes)
        merged = [one for one, main in self.merged.items() if main in carried]
        above = {each for theme_id in carried for each in self.with_above(theme_id)}
        above |= {one for one, main in self.merged.items() if main in above}
        return [*map(str, (*annotation.themes, *merged)), *map(tree, above)] or [NONE]

    def with_above(self, theme_id: int) -> Sequence[int]:
        """Return the ids of a theme and of those that it stands under."""
        parent_id = self.parents[theme_id]
        return [theme_id, *(self.with_above(parent_id) if parent_id else ())]

    def heads_of(self, value: str) -> Sequence[str]:
        """Return the heads of what a value finds: of a tree each theme, else the value itself."""
        themes = [one for one in self.parents if value in map(tree, self.with_above(one))]
        return [*map(str, themes)] or [value]

    def same(self, facet: str, row_id: int | None) -> Sequence[str]:
        """Return the ids of all that counts for the same party or position as one, main first."""
        if row_id is None:
            return [NONE]
        main_id = self.session.get_one(NAMED[facet], row_id).main_id
        ids = [one.id for one in self.aliases(facet) if one.alias_of_id == main_id]
        return list(map(str, (main_id, *ids)))

    def states(self, annotation: Annotation) -> Sequence[str]:
        """Return the states that an annotation is in."""
        found = []
        thread = self.session.get(Thread, annotation.id)
        if thread is not None:
            disputes = [
                stance
                for stance in self.session.scalars(
                    select(Stance).where(
                        Stance.annotation_id == annotation.id, Stance.value == "dispute"
                    )
                )
                if threads.is_present(stance, annotation)
            ]
            if thread.resolved_at is not None:
                found.append("resolved")
            else:
                found += ["disputed"] * bool(disputes)
                found += ["question"] * (thread.questions > 0)
        if annotation.revision_id != self.article(annotation).current_revision_id:
            found.append("unplaced")
        return found


def _month(day: date | None) -> str:
    return f"{day:%Y-%m}" if day else NONE


VALUES: Mapping[str, Callable[[Reference, Annotation], Sequence[str]]] = {
    "tag": lambda _all, one: [one.tag_name],
    "annotator": Reference.annotators,
    "article": lambda _all, one: [str(one.article_id)],
    "author": lambda every, one: [every.article(one).author or NONE],
    "publication": lambda every, one: [every.article(one).publication or NONE],
    "published": lambda every, one: [_month(every.article(one).published_on)],
    "tagged": lambda _all, one: [_month(one.created_at.date())],
    "state": Reference.states,
    "note": lambda _all, one: ["yes" if one.note else "no"],
    "theme": Reference.themes,
    "party": lambda every, one: every.same("party", one.party_id),
    "position": lambda every, one: every.same("position", one.position_id),
    "side": lambda _all, one: [one.side or NONE],
}
