"""A project with everything that an archive can hold, and archives: made, read and brought in."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from app.annotations.models import Annotation
from app.annotations.service import annotations, bulk, undo
from app.annotations.service.bulk_acts import BulkAct, Seen, Verb
from app.archives.manifest import MANIFEST
from app.archives.queries.zip_file import archive_chunks
from app.archives.service.importing import Importer, import_project
from app.archives.service.reading import opened_archive
from app.articles.service import articles
from app.articles.service.tagging_modes import set_project_mode
from app.assignments.service import assignments
from app.codebook.service import merge
from app.core.db import Database
from app.corrections.service.revert import take_back
from app.discussion.service import comments, stances, threads, verdicts
from app.findings import service as searches
from app.findings.asked import Asked
from app.guidelines import service as guidelines
from app.parties.models import Party, Position
from app.parties.service import aliases, names
from app.parties.state import Affiliated
from app.projects.models import Member
from app.projects.roles import Role
from app.projects.service import memberships
from app.projects.tagging_modes import Mode
from app.themes.service import importing
from app.themes.table import ThemeRow
from tests.harness.builders import (
    TEXT,
    Room,
    add_annotation,
    add_article,
    add_comment,
    add_invitation,
    add_member,
    add_party,
    add_position,
    add_room,
    add_theme,
    correct,
    give_themes,
)
from tests.harness.correcting import NEW

HOSTILE = '=1+1 "; DROP <script>alert(1)</script> \u202egro.live\u2028 \\n \u00a0e\u0301 𝔘🏴󠁧󠁢󠁳󠁣󠁴󠁿'  # noqa: RUF001  (meant so)
PERMALINKS = "https://old.example"
NEW_PERMALINKS = "https://new.example"


def add_everything(session: Session, slug: str = "first") -> Room:
    """Add a project with all that its members can do; rows of another stand between its own."""
    elsewhere = add_room(session, "elsewhere")
    room = add_room(session, slug)
    curator, ines = room.curator, room.annotator
    add_annotation(session, elsewhere.annotator, elsewhere.article)
    ports = add_theme(session, curator, "Ports")
    quays = add_theme(session, curator, "Quays", parent=ports)
    _import_themes(session, curator)
    add_theme(session, elsewhere.curator, "Other")
    other = add_article(session, TEXT, title=HOSTILE, author="Bo", slug=slug)

    claim = add_annotation(session, ines, room.article, note=HOSTILE, themes=[ports, quays])
    add_annotation(session, elsewhere.annotator, elsewhere.article, "every spring")
    demand = add_annotation(session, ines, room.article, "We have no money", tag="demand")
    gone = add_annotation(session, ines, room.article, "The road floods.", tag="citation")
    annotations.delete(session, actor=ines, annotation_id=gone.id, version=1)
    session.commit()
    undo.undo(session, actor=ines, article_id=room.article.id, client_key="undone")
    undo.redo(session, actor=ines, article_id=room.article.id, client_key="redone")
    asked_of = add_annotation(session, curator, other, "nobody repairs it", tag="assumption")
    give_themes(session, curator, asked_of, quays)

    _say_who_says_what(session, room, elsewhere, claim, demand)
    _discuss(session, room, claim.id)
    _act_on_many(session, curator, [claim.id, demand.id, asked_of.id])
    merge(session, actor=curator, theme_id=quays.id, into_id=ports.id)
    session.commit()

    correct(session, curator, room.article, NEW)
    revision = correct(session, curator, other, TEXT.replace("nobody", "no one"))
    session.commit()
    take_back(session, actor=curator, article=other, revision=revision)
    correct(session, curator, other, TEXT.replace("nobody repairs it", "it is so"))
    session.commit()

    assignments.assign(
        session,
        actor=curator,
        articles=[room.article, other],
        account_ids=[ines.account_id],
        due_on=None,
    )
    assignments.set_progress(session, actor=ines, article=other, state="done")
    set_project_mode(session, actor=room.owner, mode=Mode.INDEPENDENT)
    articles.set_mode(session, actor=curator, article=other, mode="shared")
    articles.reveal(session, actor=curator, article=room.article)
    session.commit()
    _write_guidelines(session, curator, claim.id)
    for name, is_shared in (("All of mine", False), (HOSTILE[:100], True)):
        asked = Asked(
            q="road",
            theme=(str(ports.id),),
            article=(str(room.article.id),),
            annotator=(str(ines.account_id), "me"),
        )
        searches.save(session, actor=curator, asked=asked, name=name, is_shared=is_shared)
    removed = searches.save(session, actor=curator, asked=Asked(), name="Gone", is_shared=True)
    searches.remove(session, actor=curator, search_id=removed.id)
    session.commit()
    leaving = add_member(session, Role.ANNOTATOR, "Lena", slug)
    add_annotation(session, leaving, other, "Ask the family")
    memberships.remove(session, actor=room.owner, account_id=leaving.account_id)
    add_invitation(session, room.owner)
    articles.archive(session, actor=curator, article=add_article(session, title="Old", slug=slug))
    session.commit()
    session.expire_all()
    return room


def _say_who_says_what(
    session: Session, room: Room, elsewhere: Room, claim: Annotation, demand: Annotation
) -> None:
    """Give annotations parties and positions, with other names, of which one was split off."""
    curator, ines = room.curator, room.annotator
    add_party(session, elsewhere.curator, "Council")
    add_position(session, elsewhere.curator, "The road is closed.")
    council = add_party(session, ines, "Council", "organization")
    ada, ada_quill, quill = (add_party(session, ines, name) for name in ("Ada", "Ada Q.", "Quill"))
    closing = add_position(session, ines, "The road is closed.")
    closed = add_position(session, ines, "Close the road!")
    for annotation, side in ((claim, "for"), (demand, "against")):
        annotations.change(
            session,
            actor=ines,
            annotation_id=annotation.id,
            version=annotation.version,
            party=str(ada_quill.id),
            addressees=str(council.id),
            position=str(closing.id),
            side=side,
        )
    _judge(session, room, claim, demand)
    names.change(
        session,
        Party,
        actor=curator,
        row_id=ada.id,
        version=1,
        typed={"name": "Ada Quill", "kind": "person", "note": HOSTILE},
        affiliations=[Affiliated(council.id, None, date(2025, 1, 31))],
    )
    for row, into in ((quill, ada_quill), (ada_quill, ada)):
        aliases.merge(session, Party, actor=curator, row_id=row.id, into_id=into.id)
    aliases.split(session, Party, actor=curator, row_id=quill.id)
    aliases.merge(session, Position, actor=curator, row_id=closed.id, into_id=closing.id)
    names.archive(session, Position, actor=curator, row_id=closing.id)
    session.commit()


def _judge(session: Session, room: Room, supporting: Annotation, opposing: Annotation) -> None:
    """Say what two passages of a party are, say it otherwise, and take that back."""
    for version, value in enumerate((verdicts.CHANGE, verdicts.NEITHER)):
        given = verdicts.give(
            session,
            actor=room.curator,
            supporting_id=supporting.id,
            opposing_id=opposing.id,
            version=version,
            value=value,
            reason=HOSTILE,
        )
    verdicts.undo(session, actor=room.annotator, event_id=given.event_id or 0)


def _import_themes(session: Session, curator: Member) -> None:
    rows = [ThemeRow(1, {"name": "Docks", "parent": "Ports", "archived": "yes"})]
    _plan, event_id = importing.carry_out(session, actor=curator, rows=rows)
    assert event_id is not None
    importing.undo(session, actor=curator, event_id=event_id)
    session.commit()


def _discuss(session: Session, room: Room, annotation_id: int) -> None:
    claim = annotations.find_seen(session, room.curator, annotation_id)
    add_comment(session, room.curator, claim, f"Is it, @Ines? {HOSTILE}", is_question=True)
    said = add_comment(session, room.annotator, claim, "Yes.")
    comments.edit(
        session,
        actor=room.annotator,
        annotation_id=annotation_id,
        comment_id=said.id,
        version=1,
        text="No.",
    )
    comments.delete(session, actor=room.curator, annotation_id=annotation_id, comment_id=said.id)
    stances.set_stance(
        session,
        actor=room.owner,
        annotation_id=annotation_id,
        value="dispute",
        reason=f"@Ines {HOSTILE}",
    )
    stances.set_stance(
        session, actor=room.curator, annotation_id=annotation_id, value="agree", reason=""
    )
    threads.resolve(session, actor=room.curator, annotation_id=annotation_id)
    session.commit()


def _act_on_many(session: Session, curator: Member, ids: list[int]) -> None:
    seen = [Seen(each, annotations.find_seen(session, curator, each).version) for each in ids]
    _plan, event_id = bulk.carry_out(
        session,
        actor=curator,
        seen=[*seen, seen[0]],
        act=BulkAct(Verb.NOTE, note="Look at this."),
        query=f"?annotator={curator.account_id}",
    )
    assert event_id is not None
    session.commit()
    undone = bulk.undo(session, actor=curator, event_id=event_id)
    assert undone
    seen = [Seen(each, annotations.find_seen(session, curator, each).version) for each in ids]
    bulk.carry_out(session, actor=curator, seen=seen, act=BulkAct(Verb.NOTE, note="Look here."))
    session.commit()


def _write_guidelines(session: Session, curator: Member, annotation_id: int) -> None:
    text = f"# {HOSTILE}\n\n[Annotation {annotation_id}]({PERMALINKS}/annotations/{annotation_id})"
    for number, written in enumerate(("Tag sparingly.", text)):
        assert guidelines.write(session, actor=curator, text=written, number=number)
    held = threads.lock_thread(session, actor=curator, annotation_id=annotation_id)
    threads.make_example(held, version=2)
    session.commit()


Files = dict[str, list[dict[str, Any]]]


def read_archive(content: bytes) -> Files:
    """Return the rows of each file of an archive."""
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        return {
            name.removesuffix(".jsonl"): [
                json.loads(line) for line in packed.read(name).decode().split("\n") if line
            ]
            for name in packed.namelist()
            if name.endswith(".jsonl")
        }


def changed_archive(content: bytes, change: Callable[[Files, dict[str, Any]], None]) -> bytes:
    """Return an archive whose rows and manifest were changed, with hashes and counts that fit."""
    files = read_archive(content)
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        readme = packed.read("README.md")
        manifest = json.loads(packed.read(MANIFEST))
    change(files, manifest)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("README.md", readme)
        for name, rows in files.items():
            data = "".join(json.dumps(row) + "\n" for row in rows).encode()
            packed.writestr(f"{name}.jsonl", data)
            manifest["files"][f"{name}.jsonl"] = {
                "rows": len(rows),
                "size": len(data),
                "sha256": hashlib.sha256(data).hexdigest(),
            }
        packed.writestr(MANIFEST, json.dumps(manifest))
    return made.getvalue()


def take_away(database: Database, project_id: int, permalinks: str = PERMALINKS) -> bytes:
    return b"".join(archive_chunks(database, project_id, permalinks))


def bring_in(
    database: Database, content: bytes, account_id: int | None = None, *, name: str = ""
) -> int:
    """Import an archive and return the new project's id."""
    importer = Importer(account_id, NEW_PERMALINKS, is_in_archive=True)
    with opened_archive(io.BytesIO(content)) as archive, database.writing() as session:
        made = import_project(session, archive, importer, name=name).id
        session.commit()
        return made
