"""Loading article files, at the first run and by hand: what was loaded, skipped and refused."""

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from app.articles.queries import articles
from app.config import Config
from app.core.db import Database
from app.frozen import frozen
from app.projects.service.projects import ensure_first
from app.text.dates import DateOrder
from app.text.file_kinds import EXTENSIONS, REFUSED
from app.text.limits import Limits
from app.text.unreadable import Unreadable

if TYPE_CHECKING:
    from app.text.readers import Unpacked

ROOT = Path(__file__).resolve().parents[3]


_LOOKED_AT = EXTENSIONS | REFUSED.keys()


class FileOutcome(StrEnum):
    """What became of a file."""

    LOADED = "loaded"
    SKIPPED = "skipped"
    CHANGED = "changed"
    REFUSED = "refused"


@frozen
class Loaded:
    """A file and what became of it, with a sentence that says why."""

    path: Path
    outcome: FileOutcome
    message: str


def find_files(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the article files among paths and below folders, in order, hidden ones left out.

    Those of a kind that is not read are among them, to be refused by name.
    """
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for found in sorted(path.rglob("*")):
            hidden = any(part.startswith(".") for part in found.relative_to(path).parts)
            if found.is_file() and found.suffix.lower() in _LOOKED_AT and not hidden:
                yield found


@frozen
class LoadOptions:
    """How files are read; with `is_trial` nothing is stored.

    `encoding` is the name of the one that is taken where it would be guessed.
    """

    date_order: DateOrder
    limits: Limits
    by_chapter: bool = False
    is_trial: bool = False
    encoding: str = ""


def load_file(
    session: Session, *, project_id: int, path: Path, how: LoadOptions
) -> Iterator[Loaded]:
    """Add the articles in a file, unless they are there already. Never raises for a bad file.

    What was written before is committed, and each article is for the caller to commit.

    Most files are one article; a .zip holds several, and an .epub may be read by its chapters. A
    file whose path or whose bytes are known is not added again, archived or not.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        yield Loaded(path, FileOutcome.REFUSED, f"it cannot be read: {error.strerror}")
        return
    content_hash = hashlib.sha256(content).hexdigest()
    # A name may hold bytes that are no text, which no database keeps.
    relative = os.fsencode(os.path.relpath(path.resolve(), ROOT))
    loaded_from = relative.decode(errors="backslashreplace")
    known = _known(session, project_id, path, loaded_from, content_hash)
    session.commit()  # to read takes seconds, in which others may write
    if known:
        yield known
        return
    from app.integrations.reading import unpack  # noqa: PLC0415 loaded when needed

    try:
        parts = unpack(
            os.fsencode(path.name).decode(errors="replace"),
            content,
            date_order=how.date_order,
            limits=how.limits,
            by_chapter=how.by_chapter,
            encoding=how.encoding,
        )
        for part in parts:
            is_whole = part.content == content
            where = path if is_whole else path / part.name
            yield _load(
                session,
                part,
                project_id=project_id,
                path=where,
                loaded_from=loaded_from if is_whole else f"{loaded_from}/{part.name}",
                is_trial=how.is_trial,
            )
    except Unreadable as error:
        yield Loaded(path, FileOutcome.REFUSED, str(error))


def _load(
    session: Session,
    part: "Unpacked",
    *,
    project_id: int,
    path: Path,
    loaded_from: str,
    is_trial: bool,
) -> Loaded:
    if part.article is None:
        return Loaded(path, FileOutcome.REFUSED, part.problem)
    guess = part.article.encoding
    if guess is not None and not guess.is_sure:
        message = (
            f"its encoding is a guess, {guess.name}, of which Gloss is {guess.confidence} % sure; "
            f"say --encoding “{guess.name}”, or another, or save the file as UTF-8"
        )
        return Loaded(path, FileOutcome.REFUSED, message)
    content_hash = hashlib.sha256(part.content or b"").hexdigest()
    known = _known(session, project_id, path, loaded_from, content_hash)
    if known:
        return known
    if is_trial:
        return Loaded(path, FileOutcome.LOADED, f"“{part.article.title}”, on trial")
    from app.articles.service.articles import add  # noqa: PLC0415 loaded when needed

    article = add(
        session,
        project_id=project_id,
        parsed=part.article,
        content_hash=content_hash,
        loaded_from=loaded_from,
    )
    return Loaded(path, FileOutcome.LOADED, f"article {article.id}, “{article.title}”")


def _known(
    session: Session, project_id: int, path: Path, loaded_from: str, content_hash: str
) -> Loaded | None:
    """Return what is said of a file that is an article already, or None."""
    known = articles.find_by_path(session, project_id=project_id, loaded_from=loaded_from)
    if known is not None:
        if known.content_hash == content_hash:
            return Loaded(path, FileOutcome.SKIPPED, f"it is article {known.id} already")
        message = (
            f"the file has changed since it became article {known.id}; the article is as it was"
        )
        return Loaded(path, FileOutcome.CHANGED, message)
    same = articles.find_by_content(session, project_id=project_id, content_hash=content_hash)
    if same is not None:
        return Loaded(path, FileOutcome.SKIPPED, f"article {same.id} has the same content")
    return None


def load_seeds(database: Database, config: Config, *, echo: Callable[[str], None]) -> None:
    """Load the seed folders into the first project, each file in a transaction of its own."""
    with database.writing() as session:
        project = ensure_first(session)
        session.commit()
        if project.archived_at is not None:
            echo(f"Seeds: {project.name} is archived, so nothing is loaded into it.")
            return
        counts = dict.fromkeys(FileOutcome, 0)
        for folder in config.seed_dirs:
            if not folder.is_dir():
                echo(f"Seeds: the folder {folder} is not there.")
        how = LoadOptions(config.date_order, config.limits)
        for path in find_files(folder for folder in config.seed_dirs if folder.is_dir()):
            for result in load_file(session, project_id=project.id, path=path, how=how):
                session.commit()
                counts[result.outcome] += 1
                if result.outcome is not FileOutcome.SKIPPED:
                    name = os.fsencode(result.path.name).decode(errors="replace")
                    echo(f"Seeds: {result.outcome} {name}: {result.message}.")
        echo("Seeds: " + summary(counts) + ".")


def summary(counts: dict[FileOutcome, int]) -> str:
    """Say how many files were loaded, skipped and so on: "5 loaded, 1 refused"."""
    said = [f"{count} {outcome}" for outcome, count in counts.items() if count]
    return ", ".join(said) or "no files"
