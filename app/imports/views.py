"""Importing annotations: choosing a file, looking at what it would do, doing it."""

from dataclasses import replace
from functools import partial

from flask import current_app, flash, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from app.config import Config
from app.core.errors import Conflict, Invalid
from app.imports import pages
from app.imports.models import Import
from app.imports.readers import FORMATS, UnreadableImport, format_of
from app.imports.service import imports, running
from app.integrations.background import Job
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.web.responses import read_number, render, see_other, wants_fragment
from app.web.session import get_database, get_session, reopen_for_reading
from app.web.view_marks import takes_files

WORKER = "app.import_worker"
WORKER_URL = "GLOSS_IMPORT_DATABASE"  # as app/import_worker.py reads it


def choose_file(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.IMPORT)
    return render("imports/choose_file.html", pages.imports_page(get_session(), member))


def _importer(slug: str) -> int:
    return current_member(slug, Act.IMPORT).account_id


@takes_files(_importer)
def bring(slug: str) -> ResponseReturnValue:
    """Keep a file, and look at what it would do."""
    member = current_member(slug, Act.IMPORT)
    session = get_session()
    asked = request.form.get("format", "")
    try:
        name, content = _read_upload()
        file_format = asked if asked in FORMATS else format_of(name, content)
        made = imports.begin(
            session, actor=member, file_name=name, file_format=file_format, content=content
        )
    except (Invalid, Conflict, UnreadableImport) as error:
        page = pages.imports_page(reopen_for_reading(), member)
        field = "" if isinstance(error, Conflict) else "file"
        page = replace(page, file_format=asked, problem=str(error), field=field)
        status = error.status if isinstance(error, Conflict) else Invalid.status
        return render("imports/choose_file.html", page, status)
    session.commit()
    _run(made.id, made.run, is_quick=running.is_quick(content, file_format))
    return see_other("imports.look", slug=slug, import_id=made.id)


def _read_upload() -> tuple[str, bytes]:
    """Return the name and the bytes of the file that was chosen.

    Raises: Invalid (file: there is none, or it is too large).
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid("file", "Choose a file first.")
    content = upload.read()
    if len(content) > imports.FILE_LIMIT:
        most = imports.FILE_LIMIT // 1_000_000
        raise Invalid("file", f"The file is larger than {most} MB. Split it into several files.")
    return upload.filename, content


def look(slug: str, import_id: int) -> ResponseReturnValue:
    """Show how far an import is, what it would do, or what it did."""
    member = current_member(slug, Act.IMPORT)
    session = get_session()
    one = imports.find(session, actor=member, import_id=import_id)
    return _look(session, member, one)


def choose(slug: str, import_id: int) -> ResponseReturnValue:
    """Keep which of several places rows mean."""
    member = current_member(slug, Act.IMPORT)
    session = get_session()
    imports.choose(session, actor=member, import_id=import_id, chosen=_choices())
    session.commit()
    flash("Your choices are kept.")
    return see_other(
        "imports.look",
        slug=slug,
        import_id=import_id,
        show=request.form.get("show"),
        page=read_number(request.form.get("page")),
    )


def add(slug: str, import_id: int) -> ResponseReturnValue:
    """Add what was found, with the places that are chosen now."""
    member = current_member(slug, Act.IMPORT)
    session = get_session()
    imports.choose(session, actor=member, import_id=import_id, chosen=_choices())
    run = imports.go_on(session, actor=member, import_id=import_id)
    one = imports.find(session, actor=member, import_id=import_id)
    session.commit()
    _run(import_id, run, is_quick=one.total <= running.QUICK_ROWS)
    return see_other("imports.look", slug=slug, import_id=import_id)


def start_again(slug: str, import_id: int) -> ResponseReturnValue:
    """Look at a file again, as where that stopped or articles were changed since."""
    member = current_member(slug, Act.IMPORT)
    session = get_session()
    run = imports.start_again(session, actor=member, import_id=import_id)
    session.commit()
    if run is not None:
        one = imports.find(session, actor=member, import_id=import_id)
        is_quick = running.is_quick(imports.content_of(session, one), one.file_format)
        reopen_for_reading()  # nobody is to wait for this session any more
        _run(import_id, run, is_quick=is_quick)
    return see_other("imports.look", slug=slug, import_id=import_id)


def discard(slug: str, import_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.IMPORT)
    session = get_session()
    imports.discard(session, actor=member, import_id=import_id)
    session.commit()
    flash("The import is discarded.")
    return see_other("imports.choose_file", slug=slug)


def _look(session: Session, member: Member, one: Import) -> ResponseReturnValue:
    page = pages.import_page(
        session, member, one, show=request.args.get("show", ""), number=request.args.get("page")
    )
    return render("imports/_progress.html" if wants_fragment() else "imports/look.html", page)


def _choices() -> dict[int, int | None]:
    """Return what the form says of rows with several places: "place-7" is where row 7 is to be."""
    found: dict[int, int | None] = {}
    for name, value in request.form.items():
        position = read_number(name.removeprefix("place-"))
        if name.startswith("place-") and position is not None:
            found[position] = read_number(value)
    return found


def _run(import_id: int, run: int, *, is_quick: bool) -> None:
    """Do what is next of an import: at once, or in a process of its own."""
    database = get_database()
    if is_quick:
        running.run_import(database, import_id, run)
        return
    config: Config = current_app.config["GLOSS"]
    Job(
        WORKER,
        [str(import_id), str(run)],
        {WORKER_URL: config.database_url},
        partial(running.note_end, database, import_id, run),
    )
