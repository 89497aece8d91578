"""Archives of files, old ones too; and pages that browsers save with all that they show."""

import io
import zipfile

import pytest

from app.text.dates import DateOrder
from app.text.readers import read_file, unpack


def old_archive(names: list[str], codec: str) -> bytes:
    """Make an archive whose names are in an encoding that it does not tell."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for number, name in enumerate(names):
            stand_in = f"{number:03}".ljust(len(name.encode(codec)) - 4, "x") + name[-4:]
            archive.writestr(stand_in, f"Words {number}.\n\nMore.\n\nLast.")
    content = out.getvalue()
    for number, name in enumerate(names):
        stand_in = f"{number:03}".ljust(len(name.encode(codec)) - 4, "x") + name[-4:]
        content = content.replace(stand_in.encode(), name.encode(codec))
    return content


@pytest.mark.parametrize(
    ("names", "codec"),
    [
        (["Gr\u00f6\u00dfe der Br\u00fccke.txt", "\u00dcber uns.txt"], "cp437"),
        (["\u8b70\u4e8b\u9332\u306e\u5199\u3057.txt"], "cp932"),
        (
            ["\u041c\u043e\u0441\u0442 \u043d\u0430\u0434.txt"],
            "cp866",
        ),
        (["Br\u00fccke \u6a4b.txt"], "utf-8"),
    ],
)
def test_names_in_old_archives_are_read_in_their_own_letters(names: list[str], codec: str) -> None:
    found = list(unpack("a.zip", old_archive(names, codec), date_order=DateOrder.MDY))
    assert [one.name for one in found] == names
    assert [one.problem for one in found] == [""] * len(names)


def test_a_new_archive_says_how_its_names_are_meant() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("\u6a4b.txt", "Words.\n\nMore.\n\nLast.")
    found = list(unpack("a.zip", out.getvalue(), date_order=DateOrder.MDY))
    assert [one.name for one in found] == ["\u6a4b.txt"]


MHTML = """From: <Saved by Blink>
Snapshot-Content-Location: https://example.org/bridge
Subject: =?utf-8?Q?The=20bridge?=
MIME-Version: 1.0
Content-Type: multipart/related;
\ttype="text/html";
\tboundary="----MultipartBoundary--x"

------MultipartBoundary--x
Content-Type: text/css
Content-Location: cid:css@mhtml.blink

p { color: red }

------MultipartBoundary--x
Content-Type: text/html
Content-Transfer-Encoding: quoted-printable
Content-Location: https://example.org/bridge

<html lang=3D"de"><head><meta charset=3D"utf-8"><title>Die Br=C3=BCcke</title></head>
<body><article><h1>Die Br=C3=BCcke</h1><p>Niemand hat gesagt, wof=C3=BCr sie ist. <a href=3D"/rep=
ort">Der Bericht</a>.</p></article></body></html>

------MultipartBoundary--x
Content-Type: image/png
Content-Transfer-Encoding: base64
Content-Location: https://example.org/x.png

iVBORw0KGgo=

------MultipartBoundary--x--
"""


@pytest.mark.parametrize("name", ["a.mhtml", "a.mht", "page.html"])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_a_web_archive_is_its_page(name: str, ending: str) -> None:
    content = MHTML.replace("\n", ending).encode()
    article = read_file(name, content, date_order=DateOrder.MDY)
    assert article.document.text == (
        "Die Br\u00fccke\n\nNiemand hat gesagt, wof\u00fcr sie ist. Der Bericht."
    )
    assert [i.target for i in article.document.inlines] == ["https://example.org/report"]
    assert (article.title, article.source_url) == ("Die Br\u00fccke", "https://example.org/bridge")
    assert article.language == "de"
