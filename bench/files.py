r"""How well files are read that have beside them what a person found in them.

`python -m bench.files FOLDER [--each] [--json FILE]` reads every file of the folder, and of those
below it, that has its right values beside it: `NAME.html` (or .md, .docx, .pdf …) and `NAME.json`,

    {"title": "The bridge", "author": "Jane Doe", "date": "2024-03-05", "text": "One.\n\nTwo."}

in UTF-8. What is left out, empty or null is not judged. In `text` each line is a paragraph or a
heading, blank lines between them or not; `author` has several names parted by commas.

- *words found* is the share of the right text's words that were read, *precision* the share of the
  words read that are right ones: words as in a bag, each as often as it occurs. Both are means
  over the files, *F1* is the harmonic mean of the two.
- *openings lost* counts the files where fewer than half of the runs of three words in the first
  paragraph of twelve words or more were read.
- *authors*, *dates* and *titles* count those that are right: an author by the same names in any
  order, a title by the same words, a date by the day.

`--each` prints a line a file, `--json` writes what it says as JSON, `-` is standard output.
"""

import argparse
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from app.text.dates import DateOrder
from app.text.parsed import ParsedArticle
from app.text.readers import EXTENSIONS, Unreadable, read_file

_WORD = re.compile(r"[^\W_]+")
_RUN = 3  # words
_LEAST_OPENING = 12  # words
_OPENING_SHARE = 0.5
# They stand beside names and are none.
_BESIDE_NAMES = frozenset({"by", "and", "von", "par", "por", "with"})


@dataclass(frozen=True, slots=True)
class Judged:
    """How one file was read; None where its right values do not say. `ms` is processor time."""

    name: str
    recall: float | None
    precision: float | None
    has_opening: bool | None
    author: bool | None
    date: bool | None
    title: bool | None
    ms: float
    problem: str = ""


def main() -> None:
    """Read the files of a folder and say how well."""
    parser = argparse.ArgumentParser(description="How well files are read")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--each", action="store_true", help="print a line a file")
    parser.add_argument("--json", metavar="FILE", help="write JSON there, - for stdout")
    options = parser.parse_args()
    judged = [judge(path, gold) for path, gold in find_pairs(options.folder)]
    if not judged:
        parser.error(f"no file in {options.folder} has its right values beside it")
    if options.json:
        written = json.dumps(
            {"sums": sum_up(judged), "files": [asdict(one) for one in judged]}, indent=1
        )
        if options.json == "-":
            sys.stdout.write(f"{written}\n")
            return
        Path(options.json).write_text(f"{written}\n", encoding="utf-8")
    if options.each:
        for one in judged:
            print(_line(one))
    for name, value in sum_up(judged).items():
        print(f"{name:28}{value}")


def find_pairs(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the files that have right values beside them, with these, by path."""
    for path in sorted(folder.rglob("*")):
        gold = path.with_suffix(".json")
        if path.suffix.lower() in EXTENSIONS and gold.is_file():
            yield path, json.loads(gold.read_text(encoding="utf-8"))


def judge(path: Path, gold: dict[str, Any]) -> Judged:
    """Read a file and compare it with its right values."""
    content = path.read_bytes()
    began = time.process_time()
    problem, read = "", None
    try:
        read = read_file(path.name, content, date_order=DateOrder.MDY)
    except Unreadable as error:
        problem = str(error)
    took = (time.process_time() - began) * 1_000
    text = read.document.text if read else ""
    right, found = Counter(_words(gold.get("text"))), Counter(_words(text))
    shared = (right & found).total()
    return Judged(
        name=path.name,
        recall=shared / right.total() if right else None,
        precision=shared / found.total() if right and found else 0.0 if right else None,
        has_opening=_has_opening(gold.get("text") or "", text),
        author=_is_right(_names(gold.get("author")), _names(read.author if read else "")),
        date=_is_right(gold.get("date") or "", _day(read)),
        title=_is_right(_words(gold.get("title")), _words(read.title if read else "")),
        ms=took,
        problem=problem,
    )


def sum_up(judged: Sequence[Judged]) -> dict[str, str]:
    """Say in words and figures how well all files were read."""
    recalls = [one.recall for one in judged if one.recall is not None]
    precisions = [one.precision for one in judged if one.precision is not None]
    recall, precision = (fmean(some) if some else 0.0 for some in (recalls, precisions))
    f1 = 2 * recall * precision / (recall + precision) if recall + precision else 0.0
    openings = [one.has_opening for one in judged if one.has_opening is not None]
    sums = {
        "files": f"{len(judged)}",
        "refused": f"{sum(bool(one.problem) for one in judged)}",
        "words found": f"{recall:.3f}",
        "precision": f"{precision:.3f}",
        "F1": f"{f1:.3f}",
        "openings lost": f"{openings.count(False)} of {len(openings)}",
    }
    for name in ("author", "date", "title"):
        values = [value for one in judged if (value := getattr(one, name)) is not None]
        share = f" ({values.count(True) / len(values):.0%})" if values else ""
        sums[f"{name}s right"] = f"{values.count(True)} of {len(values)}{share}"
    return sums | {"processor time, ms a file": f"{fmean(one.ms for one in judged):.1f}"}


def _line(one: Judged) -> str:
    shares = ("   -" if share is None else f"{share:.2f}" for share in (one.recall, one.precision))
    wrong = [
        name
        for name, is_right in (
            ("opening", one.has_opening),
            ("author", one.author),
            ("date", one.date),
            ("title", one.title),
        )
        if is_right is False
    ]
    return f"{one.name:40} {' '.join(shares)} {one.ms:6.0f} ms  {', '.join(wrong)} {one.problem}"


def _has_opening(right: str, read: str) -> bool | None:
    lines = (_words(line) for line in right.splitlines())
    opening = next((words for words in lines if len(words) >= _LEAST_OPENING), None)
    if opening is None:
        return None
    runs, there = _runs(opening), set(_runs(_words(read)))
    return sum(run in there for run in runs) >= len(runs) * _OPENING_SHARE


def _runs(words: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(words[i : i + _RUN]) for i in range(len(words) - _RUN + 1)]


def _words(text: str | None) -> list[str]:
    return _WORD.findall((text or "").casefold())


def _names(author: str | None) -> frozenset[str]:
    return frozenset(_words(author)) - _BESIDE_NAMES


def _day(read: ParsedArticle | None) -> str:
    return read.published_on.isoformat() if read and read.published_on else ""


def _is_right(right: object, found: object) -> bool | None:
    return found == right if right else None


if __name__ == "__main__":
    main()
