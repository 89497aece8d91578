"""What an event about a party or a position says to a person.

Each sentence stands whole in `SENTENCES`, with its parts by name, so that it can be translated.
"""

from collections.abc import Mapping

from app.events.models import Event
from app.parties.fields import CALLED
from app.parties.kinds import PARTY, POSITION, UNDOABLE
from app.text.direction import isolated

EventSentence = str | Mapping[str, str]
"""A template with named parts, or one for each case in which a kind of event can be."""

SENTENCES: Mapping[str, EventSentence] = {
    PARTY.created: "made the party “{called}”",
    PARTY.changed: {
        "renamed": "renamed the party “{old}” to “{called}”",
        "described": "changed what is said of the party “{called}”",
    },
    PARTY.archived: "archived the party “{called}”",
    PARTY.restored: "restored the party “{called}”",
    PARTY.aliased: "gave the party “{into_name}” another name, “{called}”",
    PARTY.merged: "merged the party “{called}” into “{into_name}”",
    PARTY.split: "made “{called}”, another name of “{into_name}”, a party of its own",
    PARTY.undone: {
        PARTY.changed: "took back a change of the party “{called}”",
        PARTY.archived: "took back the archiving of the party “{called}”",
        PARTY.restored: "took back the restoring of the party “{called}”",
        PARTY.aliased: "took back another name of the party “{into_name}”, “{called}”",
        PARTY.merged: "took back that the party “{called}” was merged into “{into_name}”",
        PARTY.split: "took back that “{called}” was split off from the party “{into_name}”",
    },
    POSITION.created: "wrote the position “{called}”",
    POSITION.changed: {
        "renamed": "changed the wording of the position “{old}” to “{called}”",
        "described": "changed what is said of the position “{called}”",
    },
    POSITION.archived: "archived the position “{called}”",
    POSITION.restored: "restored the position “{called}”",
    POSITION.aliased: "gave the position “{into_name}” another wording, “{called}”",
    POSITION.merged: "merged the position “{called}” into “{into_name}”",
    POSITION.split: "made “{called}”, another wording of “{into_name}”, a position of its own",
    POSITION.undone: {
        POSITION.changed: "took back a change of the position “{called}”",
        POSITION.archived: "took back the archiving of the position “{called}”",
        POSITION.restored: "took back the restoring of the position “{called}”",
        POSITION.aliased: "took back another wording of the position “{into_name}”, “{called}”",
        POSITION.merged: "took back that the position “{called}” was merged into “{into_name}”",
        POSITION.split: "took back that “{called}” was split off from the position “{into_name}”",
    },
}


def describe(event: Event) -> str:
    """Say what an event did, after the name of who did it: "archived the party “Port”"."""
    before, after = event.before or {}, event.after or {}
    called = CALLED[event.subject_kind]
    parts = {
        "called": isolated(after[called]),
        "old": isolated(before.get(called, "")),
        "into_name": isolated(after.get("into_name", "")),
    }
    sentence = SENTENCES[event.kind]
    if not isinstance(sentence, str):
        sentence = sentence[_case(event, parts)]
    return sentence.format_map(parts)


def _case(event: Event, parts: Mapping[str, str]) -> str:
    if event.kind not in UNDOABLE:
        return str((event.after or {})["undid"])
    return "renamed" if parts["old"] != parts["called"] else "described"
