"""A backup of an installation: one zip file with the database and a manifest, and its way back."""

import fcntl
import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile

from sqlalchemy import (
    URL,
    Connection,
    Engine,
    NullPool,
    create_engine,
    func,
    inspect,
    make_url,
    select,
    table,
    text,
)

from app.core.database_urls import driver_url, sqlite_path
from app.core.migrate import (
    DatabaseState,
    copy_sqlite,
    known_revisions,
    noted_revisions,
    state,
)
from app.frozen import frozen

FORMAT = "gloss-backup"
VERSION = 1
MANIFEST = "manifest.json"
SECRET_KEY = "secret-key"  # noqa: S105  (the name of a file)
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.dump"}
NAMES = "gloss-backup-*.zip"

_PIECE = 1 << 20  # bytes that are read at once
_NO_BACKUP = "{} is not a backup made by Gloss, or it is damaged. Nothing was changed."


class BackupError(Exception):
    """A backup cannot be made or restored; the message is a sentence that says what to do."""


@frozen
class BackupFile:
    """What is known of a file in a backup: its length in bytes, its SHA-256 in hexadecimal."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BackupManifest:
    """What is in a backup: rows by table, files by name, `revisions` as Alembic notes them."""

    format: str
    version: int
    made_at: str
    database: str
    revisions: list[str]
    rows: Mapping[str, int]
    files: Mapping[str, BackupFile]

    @property
    def has_secret_key(self) -> bool:
        """Say whether the key that signs cookies is in the backup."""
        return SECRET_KEY in self.files

    def to_json(self) -> str:
        """Write the manifest as JSON that people can read, too."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, written: bytes) -> "BackupManifest":
        """Read a manifest.

        Raises: ValueError, TypeError, KeyError (it is none).
        """
        given = dict(json.loads(written))
        files = {name: BackupFile(**fact) for name, fact in given.pop("files").items()}
        return cls(files=files, **given)


# --- making -------------------------------------------------------------------------------------


def make_backup(
    database_url: str, folder: Path, *, secret_key: str | None = None, keep: int | None = None
) -> Path:
    """Write gloss-backup-YYYYMMDD-HHMMSS.zip (UTC) to a folder, while people work; return its path.

    The copy is of one moment: everything that was answered before it is in it. `secret_key` is put
    in where it is given; `keep` is how many backups stay in the folder, this one among them. The
    file gets its name when it is whole and on the disk.

    Raises: BackupError, sqlalchemy.exc.DBAPIError (the database cannot be reached).
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _work_folder(folder) as work:
            copied = _copy_database(database_url, work)
            if secret_key is not None:
                (work / SECRET_KEY).write_text(secret_key + "\n", encoding="utf-8")
            made = _pack(work, copied).rename(_unused_name(folder))
        _sync(folder)
        if keep is not None:
            for old in sorted(folder.glob(NAMES), key=_age)[:-keep]:
                old.unlink()
    except OSError as error:
        message = f"The backup cannot be written to {folder}: {error.strerror}."
        raise BackupError(message) from error
    return made


def _copy_database(database_url: str, work: Path) -> BackupManifest:
    """Copy the database to the folder; return its manifest, still without files."""
    url = make_url(driver_url(database_url))
    kind = url.get_backend_name()
    copy = work / DATABASES[kind]
    if kind == "sqlite":
        source = sqlite_path(database_url)
        if source is None or not source.exists():
            message = f"There is no database at {url.database}. Start Gloss once: it makes one."
            raise BackupError(message)
        copy_sqlite(source, copy)
        url = url.set(database=str(copy))
    with _engine(url).connect() as connection:
        if kind == "postgresql":
            connection.execution_options(isolation_level="REPEATABLE READ")
        if not noted_revisions(connection):  # the wrong settings: it would push older backups out
            where = url.set(database=make_url(driver_url(database_url)).database)
            message = (
                f"The database {where.render_as_string()} holds no tables of Gloss, so there is"
                " nothing to back up. Check DATA_DIR and DATABASE_URL."
            )
            raise BackupError(message)
        if kind == "postgresql":
            snapshot = connection.scalar(text("SELECT pg_export_snapshot()"))
            _run("pg_dump", url, "--format=custom", f"--snapshot={snapshot}", f"--file={copy}")
        return BackupManifest(
            format=FORMAT,
            version=VERSION,
            made_at=datetime.now(UTC).isoformat(timespec="seconds"),
            database=kind,
            revisions=sorted(noted_revisions(connection)),
            rows=_count_rows(connection),
            files={},
        )


def _pack(work: Path, copied: BackupManifest) -> Path:
    """Put the files of the folder into one, which only its owner may read: it holds hashes."""
    files = sorted(work.iterdir())
    facts = {file.name: BackupFile(file.stat().st_size, _hash(file)) for file in files}
    packed = work / "packed.zip"
    descriptor = os.open(packed, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "w+b") as opened:
        with ZipFile(opened, "w", ZIP_DEFLATED, compresslevel=1) as archive:
            archive.writestr(MANIFEST, replace(copied, files=facts).to_json())
            for file in files:
                is_compressed = file.name == DATABASES["postgresql"]
                archive.write(file, file.name, ZIP_STORED if is_compressed else None)
        opened.flush()
        os.fsync(opened.fileno())
    return packed


# --- restoring ----------------------------------------------------------------------------------


def restore_backup(file: Path, database_url: str, *, key_file: Path | None) -> BackupManifest:
    """Put a backup where there are no tables yet; return what was in it.

    The secret key goes to `key_file`, if one is in the backup and a file is given. Every file is
    compared with its hash, and every table with its number of rows.

    Raises: BackupError, UnfitDatabase, sqlalchemy.exc.DBAPIError (the database cannot be reached).
    """
    url = make_url(driver_url(database_url))
    target = sqlite_path(database_url)
    try:
        with ZipFile(file) as archive:
            manifest = _read_manifest(archive, file)
            folder = target.parent if target else file.parent
            folder.mkdir(parents=True, exist_ok=True)
            _check_place(manifest, database_url)
            with _work_folder(folder) as work:
                for name in (DATABASES[manifest.database], SECRET_KEY):
                    if name in manifest.files:
                        _unpack(archive, name, manifest.files[name], work / name)
                copy = work / DATABASES[manifest.database]
                if target is None:
                    _run("pg_restore", url, "--single-transaction", "--exit-on-error", str(copy))
                    _check_rows(manifest, url)
                else:
                    _check_rows(manifest, url.set(database=str(copy)))
                    _put(copy, target)
                if manifest.has_secret_key and key_file is not None:
                    _put(work / SECRET_KEY, key_file)
    except (BadZipFile, EOFError):
        raise BackupError(_NO_BACKUP.format(file)) from None
    except OSError as error:
        message = f"{error.filename or file}: {error.strerror}. The backup is not restored."
        raise BackupError(message) from error
    return manifest


def _read_manifest(archive: ZipFile, file: Path) -> BackupManifest:
    try:
        manifest = BackupManifest.from_json(archive.read(MANIFEST))
        is_ours = manifest.format == FORMAT and DATABASES[manifest.database] in manifest.files
    except (ValueError, TypeError, KeyError):
        is_ours = False
    if not is_ours:
        raise BackupError(_NO_BACKUP.format(file))
    if manifest.version > VERSION or not set(manifest.revisions) <= known_revisions():
        message = "A newer version of Gloss made this backup. Restore it with that version."
        raise BackupError(message)
    return manifest


def _check_place(manifest: BackupManifest, database_url: str) -> None:
    kind = make_url(driver_url(database_url)).get_backend_name()
    if kind != manifest.database:
        message = (
            f"The backup is of a {manifest.database} database, and DATABASE_URL names one of"
            f" {kind}. Restore it into {manifest.database}; `db copy` moves from SQLite to"
            " PostgreSQL."
        )
        raise BackupError(message)
    if state(database_url) is not DatabaseState.EMPTY:
        message = (
            "The database already holds tables, and a backup is never restored over them. Set"
            " DATABASE_URL, or DATA_DIR, to a new place."
        )
        raise BackupError(message)


def _check_rows(manifest: BackupManifest, url: URL) -> None:
    with _engine(url).connect() as connection:
        if _count_rows(connection) != manifest.rows:
            message = (
                "The tables do not have the rows that the manifest counts. Do not use this database"
                " or this backup; take an earlier one."
            )
            raise BackupError(message)


def _unpack(archive: ZipFile, name: str, fact: BackupFile, target: Path) -> None:
    if name not in archive.namelist():
        raise BackupError(_NO_BACKUP.format(archive.filename))
    with archive.open(name) as packed, target.open("xb") as opened:
        shutil.copyfileobj(packed, opened, _PIECE)
        opened.flush()
        os.fsync(opened.fileno())
    if BackupFile(target.stat().st_size, _hash(target)) != fact:
        raise BackupError(_NO_BACKUP.format(archive.filename))


def _put(file: Path, target: Path) -> None:
    """Move a file to its place, readable by its owner alone."""
    for end in ("-wal", "-shm"):  # of an empty database: they would damage another one
        target.with_name(target.name + end).unlink(missing_ok=True)
    file.chmod(0o600)
    shutil.move(file, target)
    _sync(target.parent)


# --- both ---------------------------------------------------------------------------------------


@contextmanager
def _work_folder(folder: Path) -> Iterator[Path]:
    """Give an empty folder in `folder`, to one process at a time; it is gone at the end."""
    work = folder / ".gloss-backup"
    with (folder / ".gloss-backup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            message = f"Another backup is being written or restored in {folder}. Wait for it."
            raise BackupError(message) from None
        shutil.rmtree(work, ignore_errors=True)  # of one that was ended in the middle
        work.mkdir(mode=0o700)
        try:
            yield work
        finally:
            shutil.rmtree(work)


def _run(program: str, url: URL, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on a database, without its owners and rights.

    Raises: BackupError (it is not installed, or it failed).
    """
    # Without the password, which others of the machine would see among the arguments.
    address = URL.create(
        "postgresql",
        username=url.username,
        host=url.host,
        port=url.port,
        database=url.database,
        query=url.query,
    ).render_as_string()
    command = [program, "--no-owner", "--no-privileges", f"--dbname={address}", *arguments]
    environ = {**os.environ, **({"PGPASSWORD": url.password} if url.password else {})}
    try:
        done = subprocess.run(  # noqa: S603  (no shell; our own settings alone)
            command, env=environ, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        message = f"{program} is not installed. It comes with PostgreSQL's client programs."
        raise BackupError(message) from None
    if done.returncode:
        said = done.stderr.strip().splitlines() or [f"exit code {done.returncode}"]
        message = f"{program} failed: {said[-1]}"
        raise BackupError(message)


def _engine(url: URL) -> Engine:
    return create_engine(url, poolclass=NullPool)


def _count_rows(connection: Connection) -> dict[str, int]:
    names = sorted(inspect(connection).get_table_names())
    counts = (select(func.count()).select_from(table(name)) for name in names)
    return {name: connection.scalar(count) or 0 for name, count in zip(names, counts, strict=True)}


def _hash(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _unused_name(folder: Path) -> Path:
    """Return a name that no backup has, nor had in this second before it was deleted."""
    stem = f"gloss-backup-{datetime.now(UTC):%Y%m%d-%H%M%S}"
    ends = [path.stem.removeprefix(stem) for path in folder.glob(f"{stem}*.zip")]
    largest = max((int(end.removeprefix("-") or 1) for end in ends), default=0)
    return folder / (f"{stem}-{largest + 1}.zip" if largest else f"{stem}.zip")


def _age(file: Path) -> int:
    return file.stat().st_mtime_ns


def _sync(folder: Path) -> None:
    """Have the names of a folder written to the disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
