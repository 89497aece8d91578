"""Small real files for tests of readers, made by other libraries than those that read them."""

import io
import random
import zipfile
import zlib
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


def pdf_of_letters(count: int) -> bytes:
    """Make a PDF of one page whose letters are strewn over it: slow to read, whatever reads it."""
    places = random.Random(1)
    letters = (
        b"1 0 0 1 %d %d Tm (a) Tj " % (places.randrange(990), places.randrange(990))
        for _ in range(count)
    )
    stream = zlib.compress(b"BT /F1 9 Tf " + b"".join(letters) + b"ET")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 990 990]/Contents 4 0 R/Resources<</Font<</F1"
            b" <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>>"
        ),
        b"<</Filter/FlateDecode/Length %d>>stream\n" % len(stream) + stream + b"\nendstream\n",
    ]
    body = b"".join(b"%d 0 obj\n" % n + o + b"endobj\n" for n, o in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF"


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
