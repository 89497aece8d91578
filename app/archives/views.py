"""A whole project as a file, for its owners, and the page that makes a project of one."""

from collections.abc import Generator, Iterable
from threading import BoundedSemaphore

from flask import Response, current_app, flash, request
from flask.typing import ResponseReturnValue

from app.accounts.views.current_account import current_account
from app.archives import pages
from app.archives.queries.zip_file import MIMETYPE, archive_chunks
from app.archives.service.importing import Importer, import_project
from app.archives.service.reading import UnfitArchive, opened_archive
from app.config import Config
from app.core.arguments import refuse_unknown
from app.core.errors import Busy, Invalid
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.service import projects
from app.projects.views.current_member import current_member
from app.text.limits import in_megabytes
from app.web.recording import recording_export
from app.web.responses import render, see_other
from app.web.session import get_database, reopen_for_reading
from app.web.view_marks import download, takes_files

AT_ONCE = 2  # in this process: each holds a connection to the database until its last piece
_room = BoundedSemaphore(AT_ONCE)


@download
def project_archive(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT_PROJECT)
    refuse_unknown(request.args, ())
    response = Response(mimetype=MIMETYPE)
    response.headers["Content-Disposition"] = f'attachment; filename="{slug}-archive.zip"'
    if request.method == "HEAD":
        return response
    chunks = archive_chunks(get_database(), member.project_id, _config().permalink_base)
    pieces = _in_room(chunks)
    next(pieces)
    _record(member)
    response.response = pieces
    return response


def _in_room(chunks: Iterable[bytes]) -> Generator[bytes, None, None]:
    """Yield pieces of an archive; the first is empty, and says that there is room for it.

    The room is given back with the last piece, or when the answer is closed or dropped.

    Raises: Busy.
    """
    if not _room.acquire(blocking=False):
        message = "Other projects are being exported. Wait until one is done, then try again."
        raise Busy(message)
    try:
        yield b""
        yield from chunks
    finally:
        _room.release()


def _record(member: Member) -> None:
    whose = f"by account {member.account_id} of project {member.project_id}"
    with recording_export(whose) as own:  # a GET's own session only reads
        projects.record_export(own, actor=member)


def _importer() -> int:
    return current_account().id


def choose_archive() -> ResponseReturnValue:
    return render("archives/import.html", _page())


@takes_files(_importer)
def import_archive() -> ResponseReturnValue:
    """Make a project of the archive that was sent, or say what is in the way."""
    account_id = current_account().id
    page = _page(request.form.get("name", ""), is_in_archive="mine" in request.form)
    reopen_for_reading()  # the file is looked through before anybody has to wait
    try:
        slug, name = _import(
            Importer(account_id, _config().permalink_base, page.is_in_archive), page.name
        )
    except Invalid as error:
        page = _page(page.name, is_in_archive=page.is_in_archive, error=error)
        return render("archives/import.html", page, error.status)
    flash(f"“{name}” is imported, and you own it.")
    return see_other("article_list.article_list", slug=slug)


def _import(importer: Importer, name: str) -> tuple[str, str]:
    """Import what was sent; return the new project's slug and its name.

    Raises: UnfitArchive, Invalid (the name, or too many projects).
    """
    if name:
        projects.clean_name(name)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise Invalid("file", "Choose the file of a project archive.")
    most = _config().limits.packed_bytes
    if file.stream.seek(0, 2) > most:
        message = (
            f"The file is larger than {in_megabytes(most)}, the most that is imported here. Whoever"
            " runs the server can import it by a command."
        )
        raise UnfitArchive(message)
    file.stream.seek(0)
    with opened_archive(file.stream, pages.MOST) as archive, get_database().writing() as own:
        made = import_project(own, archive, importer, name=name)
        own.commit()
        return made.slug, made.name


def _page(
    name: str = "", *, is_in_archive: bool = True, error: Invalid | None = None
) -> pages.ArchiveImportPage:
    return pages.ArchiveImportPage(
        my_name=current_account().name,
        packed_bytes=_config().limits.packed_bytes,
        name=name,
        is_in_archive=is_in_archive,
        problem=error.message if error else "",
        field=error.field if error else "",
    )


def _config() -> Config:
    config: Config = current_app.config["GLOSS"]
    return config
