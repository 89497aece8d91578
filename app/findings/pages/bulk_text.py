"""What is said of an act on many passages: before it is done, after, and when it is undone."""

from collections.abc import Mapping
from typing import Any

from app.annotations.service import annotations, moving
from app.annotations.service.bulk import BulkPlan
from app.annotations.service.bulk_acts import BulkAct
from app.articles.service import articles
from app.text.catalogue import ngettext
from app.web.filters import pluralise

WILL: Mapping[str, str] = {
    "note": "Add this line to the note of {many}",
    "retag": "Tag {many} as {tag}",
    "theme": "Give {many} the theme “{theme}”",
    "untheme": "Take the theme “{theme}” from {many}",
    "party": "Set the party of {many} to “{given}”",
    "unparty": "Take the party from {many}",
    "position": "Set the position of {many} to “{given}”",
    "unposition": "Take position and side from {many}",
    "address": "Set the addressees of {many} to “{given}”",
    "unaddress": "Take the addressees from {many}",
    "trash": "Move {many} to the trash",
    "restore": "Restore {many}",
}
"""By act: what the button of the preview says."""
BACK_IN_TRASH = frozenset({"tag", "restore", "import"})
"""The acts after whose undo the passages are in the trash."""
DID: Mapping[str, str] = {
    "tag": "Tagged {places} as {tag}.",
    "note": "Added a line to the note of {many}.",
    "retag": "Tagged {many} as {tag}.",
    "theme": "Gave {many} the theme “{theme}”.",
    "untheme": "Took the theme “{theme}” from {many}.",
    "party": "Set the party of {many} to “{given}”.",
    "unparty": "Took the party from {many}.",
    "position": "Set the position of {many} to “{given}”.",
    "unposition": "Took position and side from {many}.",
    "address": "Set the addressees of {many} to “{given}”.",
    "unaddress": "Took the addressees from {many}.",
    "trash": "Moved {many} to the trash.",
    "restore": "Restored {many} from the trash.",
    "import": "Imported {many}.",
    "author": "Named “{party}” as who says {many}.",
}
"""By act: what is said afterwards."""
_DUPLICATES = "Left as they are, since their annotator has that tag on that passage already:"
LEFT: Mapping[str, str] = {
    "meanwhile": "Changed by someone since, and left as they are:",
    "tagged": "Tagged by you since, and left as they are:",
    "gone": "Not in that list any more, and left as they are:",
    "duplicates": _DUPLICATES,
    "twins": _DUPLICATES,  # in events of before, which are never rewritten
    "over": "Left as they are, since they would be over the limit of a note or of themes:",
    "unfit": "Left as they are, since only demands have addressees:",
}
CHANGED = ("meanwhile", "tagged", "gone")
"""Of what is left for these reasons it is said who changed it."""
DONE_BY: Mapping[str, str] = {
    annotations.CREATED: "tagged by {name}",
    annotations.DELETED: "moved to the trash by {name}",
    annotations.RESTORED: "restored by {name}",
    articles.ADDED: "added by {name}",
    articles.ARCHIVED: "archived by {name}",
    moving.CORRECTED: "corrected by {name}",
}
CHANGED_BY = "changed by {name}"
"""By kind of event, or of any else: what somebody did last."""
MOVED = "Left as they are, since their articles were corrected, added or archived meanwhile:"


def will_do(act: BulkAct, plan: BulkPlan) -> str:
    """Return what the button of a preview says, "" where nothing would be done."""
    if not plan.wanted:
        return ""
    many = pluralise(len(plan.wanted), "passage", "passages")
    return WILL[act.verb].format(many=many, tag=act.tag, theme=act.theme, given=act.given)


def did(kept: Mapping[str, Any]) -> str:
    """Return what is said of an act that was done, of which its event keeps so much."""
    return DID[kept["act"]].format(
        many=pluralise(kept["changed"], "passage", "passages"),
        places=pluralise(kept["changed"], "place", "places"),
        tag=kept.get("tag"),
        theme=kept.get("theme"),
        party=kept.get("party"),
        given=kept.get("given"),
    )


def undid(act: str, count: int) -> str:
    """Return what is said of an act that was taken back from so many passages."""
    if act in BACK_IN_TRASH:
        sentence = ngettext(
            "Undone: {count:,} passage is in the trash.",
            "Undone: {count:,} passages are in the trash.",
            count,
        )
    else:
        sentence = ngettext(
            "Undone: {count:,} passage is as before.",
            "Undone: {count:,} passages are as before.",
            count,
        )
    return sentence.format(count=count)


def counted(shown: int | None, found: int) -> str:
    """Return what is said where a list had another number than there are; it may be unknown."""
    if shown is None or shown == found:
        return ""
    return f"The list said {shown:,}; it says {found:,} now. These are meant."


def rest_of(same: int, not_own: int) -> list[str]:
    """Return what is said of those that an act leaves for a plain reason."""
    said = []
    if same:
        sentence = ngettext(
            "{count:,} passage needs no change.", "{count:,} passages need no change.", same
        )
        said.append(sentence.format(count=same))
    if not_own:
        sentence = ngettext(
            "{count:,} passage is not yours to change.",
            "{count:,} passages are not yours to change.",
            not_own,
        )
        said.append(sentence.format(count=not_own))
    return said


def rest_of_places(same: int, unfit: int) -> list[str]:
    """Return what is said of those places that are not tagged for a plain reason."""
    said = []
    if same:
        sentence = ngettext(
            "{count:,} place has that tag already.", "{count:,} places have that tag already.", same
        )
        said.append(sentence.format(count=same))
    if unfit:
        sentence = ngettext(
            "{count:,} place has no words that can be tagged, such as the mark of a footnote.",
            "{count:,} places have no words that can be tagged, such as the mark of a footnote.",
            unfit,
        )
        said.append(sentence.format(count=unfit))
    return said
