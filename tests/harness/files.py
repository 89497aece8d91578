"""Small real files for tests of readers, made by other libraries than those that read them."""

import io
import zipfile
from collections.abc import Mapping, Sequence

import docx
from docx.document import Document as WordDocument
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A5
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Paragraph, SimpleDocTemplate

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
    '<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
)
STYLES = getSampleStyleSheet()
BODY = ParagraphStyle("body", parent=STYLES["BodyText"], alignment=TA_JUSTIFY)
FOOT = ParagraphStyle("foot", parent=BODY, fontSize=7, leading=9)


def zipped(files: Mapping[str, bytes | str]) -> bytes:
    """Pack files by name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def saved(document: WordDocument) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word(*paragraphs: tuple[str, str], title: str = "", author: str = "") -> bytes:
    """Make a Word file of texts, each with the name of its style."""
    document = docx.Document()
    document.core_properties.title, document.core_properties.author = title, author
    for text, style in paragraphs:
        document.add_paragraph(text, style=style or None)
    return saved(document)


def book(
    chapters: Mapping[str, str], metadata: str = "", more: Mapping[str, bytes] | None = None
) -> bytes:
    """Make an EPUB of chapters, each the content of its body by its name."""
    items = "".join(
        f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
        for n, name in enumerate(chapters)
    )
    spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(chapters)))
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf">'
        f'<metadata xmlns:dc="http://purl.org/dc/elements/1.1/">{metadata}</metadata>'
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    pages = {
        f"OEBPS/{name}": '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
        '<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops">'
        f"<head><title/></head><body>{body}</body></html>"
        for name, body in chapters.items()
    }
    files: dict[str, bytes | str] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OEBPS/book.opf": package,
    }
    return zipped({**files, **pages, **(more or {})})


def pdf(
    *paragraphs: tuple[str, ParagraphStyle], head: str = "", title: str = "", password: str = ""
) -> bytes:
    """Make a PDF of small pages, each with its number and a head."""

    def draw_margins(canvas: Canvas, template: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 8)
        canvas.drawString(50, 570, head)
        canvas.drawCentredString(210, 25, str(template.page))

    out = io.BytesIO()
    template = SimpleDocTemplate(
        out,
        pagesize=A5,
        title=title,
        topMargin=60,
        bottomMargin=60,
        encrypt=StandardEncryption(password) if password else None,
    )
    flow = [Paragraph(text, style) for text, style in paragraphs]
    template.build(flow, onFirstPage=draw_margins, onLaterPages=draw_margins)
    return out.getvalue()


def pdf_of_lines(pages: Sequence[Sequence[tuple[float, float, float, str]]]) -> bytes:
    """Make a PDF of lines that each stand where they are told: x, y, size and text."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=A5)
    for page in pages:
        for x, y, size, text in page:
            canvas.setFont("Helvetica", size)
            canvas.drawString(x, y, text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()
