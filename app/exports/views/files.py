"""Downloads. They are streamed by threads of their own: see app/downloads.py."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from urllib.parse import urlencode

from flask import Response, current_app, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import ColumnElement

from app.annotations.views.recording import record_download
from app.articles.queries import articles
from app.assignments.queries.visibility import EVERYONE, can_see_all, visibility_for
from app.core.arguments import refuse_ignored, refuse_unknown
from app.core.errors import Invalid, NotFound
from app.exports.pages.brief import MOST_PASSAGES, BriefPage, brief_articles
from app.exports.pages.dna import DnaPage
from app.exports.queries import csv_file, dna_file
from app.exports.queries.columns import COLUMNS
from app.exports.queries.csv_file import Separator, write_csv
from app.exports.queries.formats import FORMATS, ExportFormat, csv_format, find_format
from app.exports.queries.place_rows import PLACES, list_place_rows
from app.exports.queries.rows import Selection, list_ids, read_rows
from app.exports.queries.xlsx_file import write_xlsx
from app.findings.asked import ASKED, Asked, ask
from app.findings.pages.facet_lists import FacetNames, chips_of
from app.findings.queries.matching import is_matching, is_seen, of_words
from app.projects.models import Member
from app.projects.roles import Act
from app.projects.views.current_member import current_member
from app.statements.asked import ASKED_OF_POSITIONS, ask_positions
from app.statements.asked_changes import ASKED_OF_CHANGES, ask_changes
from app.statements.queries.changes import list_changes
from app.statements.queries.changes_table import write_changes
from app.statements.queries.positions import count_positions
from app.statements.queries.positions_table import write_pairs
from app.text.csv_rows import BOM
from app.themes.queries import list_themes
from app.themes.table import write_table
from app.web.responses import render
from app.web.session import get_database, get_session
from app.web.view_marks import download

BRIEF = "a brief"  # as the audit calls it
PLACES_FORMATS = ("csv", "xlsx")  # of places of words
OF_TEXT = ("sep", "bom")
"""What the address of a file says of how it is written, beside what is asked for."""
SEPARATORS = {"": Separator.COMMA, "comma": Separator.COMMA, "semicolon": Separator.SEMICOLON}
BYTE_ORDER_MARKS = {"": True, "1": True, "0": False}


@download
def project_file(slug: str, extension: str) -> ResponseReturnValue:
    file_format = _format(extension)
    member = current_member(slug, Act.EXPORT)
    refuse_unknown(request.args, OF_TEXT)
    record_download(member, file_format=file_format.name)
    return _file(file_format, _selection(member), f"{slug}-annotations")


@download
def article_file(slug: str, article_id: int, extension: str) -> ResponseReturnValue:
    file_format = _format(extension)
    member = current_member(slug, Act.EXPORT)
    article = articles.find_article(
        get_session(), project_id=member.project_id, article_id=article_id
    )
    refuse_unknown(request.args, OF_TEXT)
    record_download(member, article=article, file_format=file_format.name)
    name = f"{slug}-article-{article_id}-annotations"
    return _file(file_format, _selection(member, article_id), name)


@download
def passages_file(slug: str, extension: str) -> ResponseReturnValue:
    _format(extension)
    member = current_member(slug, Act.EXPORT)
    asked = _read_asked(*OF_TEXT)
    return answer_passages(member, extension, asked)


@download
def article_brief(slug: str, article_id: int) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    article = articles.find_article(
        get_session(), project_id=member.project_id, article_id=article_id
    )
    refuse_unknown(request.args, ())
    record_download(member, article=article, file_format=BRIEF)
    return _brief(
        member,
        _selection(member, article_id),
        here="articles",
        asked=[article.title],
        back=(article.title, url_for("reading.article", slug=slug, article_id=article_id)),
        csv=url_for("exports.article_file", slug=slug, article_id=article_id, extension="csv"),
        is_part=visibility_for(get_session(), member, article) != EVERYONE,
    )


@download
def passages_brief(slug: str) -> ResponseReturnValue:
    member = current_member(slug, Act.EXPORT)
    asked = _read_asked()
    record_download(member, file_format=BRIEF, query=_query_of(asked))
    session = get_session()
    passages = url_for("findings.passages", slug=slug)
    return _brief(
        member,
        _selection_of(member, asked),
        here="findings",
        asked=_in_words(member, asked),
        back=("Passages", passages + asked.query),
        csv=url_for("exports.passages_file", slug=slug, extension="csv") + asked.query,
        is_part=not can_see_all(session, member),
    )


@download
def places_file(slug: str, extension: str) -> ResponseReturnValue:
    """Answer with a file of the places of searched words, tagged or not."""
    if extension not in PLACES_FORMATS:
        message = "Places of words are written as .csv or .xlsx."
        raise NotFound(message)
    (separator, with_bom), file_format = _layout(), FORMATS[extension]
    member = current_member(slug, Act.EXPORT)
    asked = _read_places_asked()
    record_download(member, file_format=file_format.name, of="places", query=urlencode(asked.pairs))
    base = current_app.config["GLOSS"].permalink_base
    articles = base + url_for("article_list.article_list", slug=slug)
    rows = list_place_rows(get_database(), member, asked, articles=articles)
    chunks = (
        write_csv(PLACES, rows, with_bom=with_bom, separator=separator)
        if extension == "csv"
        else write_xlsx(PLACES, rows)
    )
    return _download(chunks, file_format.mimetype, f"{slug}-places.{extension}")


def statements_for_dna(slug: str) -> ResponseReturnValue:
    """Say what a file for DNA holds and what it leaves out, beside the link to it."""
    member = current_member(slug, Act.EXPORT)
    asked = _read_asked()
    session = get_session()
    page = DnaPage(
        slug=slug,
        asked=_in_words(member, asked),
        back=url_for("findings.passages", slug=slug) + asked.query,
        file=url_for("exports.passages_file", slug=slug, extension="dna") + asked.query,
        omissions=dna_file.find_omissions(session, _selection_of(member, asked)),
    )
    return render("exports/for_dna.html", page)


@download
def themes_csv(slug: str) -> ResponseReturnValue:
    separator, with_bom = _layout()
    member = current_member(slug, Act.EXPORT)
    refuse_unknown(request.args, OF_TEXT)
    record_download(member, file_format="CSV", of="themes")
    table = write_table(list_themes(get_session(), member.project_id), separator.value)
    return _csv([table], f"{slug}-themes", with_bom=with_bom)


@download
def positions_csv(slug: str) -> ResponseReturnValue:
    separator, with_bom = _layout()
    member = current_member(slug, Act.EXPORT)
    refuse_unknown(request.args, (*ASKED_OF_POSITIONS, *OF_TEXT))
    asked, ignored = ask_positions(request.args)
    refuse_ignored(ignored)
    if asked.problem:
        raise Invalid("from", asked.problem)
    record_download(member, file_format="CSV", of="positions", query=asked.record)
    table = write_pairs(count_positions(get_session(), member, asked).pairs, separator.value)
    return _csv([table], f"{slug}-positions", with_bom=with_bom)


@download
def changes_csv(slug: str) -> ResponseReturnValue:
    separator, with_bom = _layout()
    member = current_member(slug, Act.EXPORT)
    refuse_unknown(request.args, (*ASKED_OF_CHANGES, *OF_TEXT))
    asked, ignored = ask_changes(request.args)
    refuse_ignored(ignored)
    record_download(member, file_format="CSV", of="changes", query=asked.record)
    lines = write_changes(
        get_database(),
        member,
        list_changes(get_session(), member, asked),
        permalinks=current_app.config["GLOSS"].permalink_base,
        separator=separator.value,
    )
    return _csv(lines, f"{slug}-changes", with_bom=with_bom)


def answer_passages(member: Member, extension: str, asked: Asked) -> Response:
    """Answer with a file of the passages that are asked for, and record the export.

    Raises: NotFound, Invalid.
    """
    file_format = _format(extension)
    record_download(member, file_format=file_format.name, query=_query_of(asked))
    return _file(file_format, _selection_of(member, asked), f"{member.project.slug}-passages")


def _format(extension: str) -> ExportFormat:
    """Return the format that an address asks for, as it wants it.

    Raises: NotFound, Invalid.
    """
    if extension == "csv":
        separator, with_bom = _layout()
        return csv_format(separator, with_bom=with_bom)
    return find_format(extension)


def _read_asked(*beside: str) -> Asked:
    """Return which passages the address asks for, which may have some parameters beside that.

    Raises: Invalid (something in it is not known).
    """
    refuse_unknown(request.args, (*ASKED, *beside))
    asked, ignored = ask(request.args)
    refuse_ignored(ignored)
    return asked


def _read_places_asked() -> Asked:
    """Return which places of words the address asks for, and by what they are sorted.

    Raises: Invalid (no words, or something that is asked of passages alone).
    """
    asked = _read_asked(*OF_TEXT)
    if not asked.q:
        message = "Say which words: “?q=…”. What is tagged is exported without them."
        raise Invalid("q", message)
    kept = of_words(asked)
    left_aside = [name for name in asked.filters if name not in kept.filters]
    if left_aside:
        message = f"This cannot be asked of words, tagged or not: {', '.join(left_aside)}."
        raise Invalid(left_aside[0], message)
    return replace(kept, by=asked.by)


def _selection_of(member: Member, asked: Asked) -> Selection:
    base = current_app.config["GLOSS"].permalink_base
    return Selection(
        member.project_id,
        base,
        conditions=is_matching(get_session(), asked, member),
        seen=_is_seen(member),
        query=_query_of(asked),
    )


def _in_words(member: Member, asked: Asked) -> Sequence[str]:
    """Return what an address asks for as the chips above the passages say it, none for all."""
    session = get_session()
    names = FacetNames(session, member)
    return [chip.words for chip in chips_of(asked, names, address="")]


def _query_of(asked: Asked) -> str:
    """Return what an address asks for, as it stands in one, "" for everything."""
    return urlencode(asked.filter_pairs)


def _layout() -> tuple[Separator, bool]:
    """Return what stands between the cells of a text, and whether a byte order mark comes first.

    Raises: Invalid.
    """
    separator, bom = (request.args.get(name, "") for name in OF_TEXT)
    if separator not in SEPARATORS:
        message = "Cells are separated by commas, or by semicolons with “?sep=semicolon”."
        raise Invalid("sep", message)
    if bom not in BYTE_ORDER_MARKS:
        message = "A text begins with a byte order mark, or has none with “?bom=0”."
        raise Invalid("bom", message)
    return SEPARATORS[separator], BYTE_ORDER_MARKS[bom]


def _selection(member: Member, article_id: int | None = None) -> Selection:
    base = current_app.config["GLOSS"].permalink_base
    return Selection(member.project_id, base, article_id, seen=_is_seen(member))


def _is_seen(member: Member) -> Sequence[ColumnElement[bool]]:
    # Asked of each row by its id, beside which the project would only mislead the database.
    return is_seen(member, by_project=False)


def _brief(
    member: Member,
    selection: Selection,
    *,
    here: str,
    asked: Sequence[str],
    back: tuple[str, str],
    csv: str,
    is_part: bool,
) -> ResponseReturnValue:
    ids = list_ids(get_database(), selection)
    rows = read_rows(get_database(), selection, ids[:MOST_PASSAGES], COLUMNS)
    page = BriefPage(
        slug=member.project.slug,
        project=member.project.name,
        here=here,
        asked=asked,
        back=back,
        csv=csv,
        articles=brief_articles(chain.from_iterable(rows)),
        total=len(ids),
        left_out=max(0, len(ids) - MOST_PASSAGES),
        is_part=is_part,
    )
    return render("exports/brief.html", page)


# The request's session is closed before the body is read: a stream opens its own.


def _file(file_format: ExportFormat, selection: Selection, name: str) -> Response:
    chunks = file_format.chunks(get_database(), selection)
    ending = file_format.ending or file_format.extension
    return _download(chunks, file_format.mimetype, f"{name}.{ending}")


def _csv(pieces: Iterable[str], name: str, *, with_bom: bool) -> Response:
    written = chain([BOM] if with_bom else [], pieces)
    return _download((piece.encode() for piece in written), csv_file.MIMETYPE, f"{name}.csv")


def _download(chunks: Iterator[bytes], mimetype: str, name: str) -> Response:
    response = Response(chunks, mimetype=mimetype)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
