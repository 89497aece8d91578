"""How well and how fast passages find their place in a corrected text.

`python -m bench.anchoring [--json FILE]` takes the time; `python -m bench.anchoring CASES [--json
FILE] [--places FILE]` counts how many cases of a file are right. `-` is standard output.
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.text.anchoring import reanchor
from bench.timing import Figure, Times, once_ms, show
from tests.harness.traced_corrections import article, correct, passages

SENTENCES = 6_300  # about 100,000 words
ANNOTATIONS = 1_000
RATES = (0.0, 0.1, 0.5, 1.0)
AIMS_S = (2.0, 2.0, 2.0, 5.0)
REPEATS = 5
VERDICTS = ("right", "wrong", "needless_orphans")


def main() -> None:
    """Judge the cases of the file that is named; without one, take the time."""
    parser = argparse.ArgumentParser(description="Passages in a corrected text")
    parser.add_argument("cases", nargs="?", type=Path, help="cases to judge, a JSON file")
    parser.add_argument("--json", metavar="FILE", help="write JSON there, - for stdout")
    parser.add_argument("--places", metavar="FILE", help="write where each passage was placed")
    options = parser.parse_args()
    if options.cases is None:
        show(f"Placing {ANNOTATIONS:,} annotations in a corrected article", _measure())
        return
    given = json.loads(options.cases.read_text(encoding="utf-8"))
    places = place_all(given)
    counts = judge(given, places)
    if options.places:
        _write(options.places, places)
    if options.json:
        _write(options.json, counts)
    else:
        print(", ".join(f"{name.replace('_', ' ')}: {count}" for name, count in counts.items()))


def place_all(given: dict[str, Any]) -> dict[str, tuple[int, int] | None]:
    """Return where each case's passage stands in its other version, by the case's id."""
    texts = {
        document["id"]: [version["text"] for version in document["versions"]]
        for document in given["documents"]
    }
    of_two_texts = defaultdict(list)
    for case in given["cases"]:
        of_two_texts[case["doc"], case["from"], case["to"]].append(case)
    placed: dict[str, tuple[int, int] | None] = {}
    for (document, old, new), cases in of_two_texts.items():
        positions = [(case["position"]["start"], case["position"]["end"]) for case in cases]
        found = reanchor(texts[document][old], texts[document][new], positions)
        placed |= {case["id"]: one.place for case, one in zip(cases, found, strict=True)}
    return {case["id"]: placed[case["id"]] for case in given["cases"]}


def judge(given: dict[str, Any], places: dict[str, tuple[int, int] | None]) -> dict[str, int]:
    """Count the cases and what became of them, by the rules that the file states as `scoring`."""
    counts = Counter(_verdict(case, places[case["id"]]) for case in given["cases"])
    return {"cases": counts.total(), **{verdict: counts[verdict] for verdict in VERDICTS}}


def _verdict(case: dict[str, Any], place: tuple[int, int] | None) -> str:
    expected = case["expected"]
    if expected is None:
        return "wrong" if place else "right"
    if place is None:
        return "needless_orphans"
    if case["class"] == "edited":
        shared = max(0, min(place[1], expected[1]) - max(place[0], expected[0]))
        both = place[1] - place[0] + expected[1] - expected[0] - shared
        return "right" if shared * 2 >= both else "wrong"
    return "right" if list(place) == expected else "wrong"


def _measure() -> list[Figure]:
    """Take the time of one article and several corrections of it, the same each time."""
    dice = random.Random(7)
    old = article(dice, SENTENCES)
    chosen = passages(old, dice, ANNOTATIONS)
    corrected = [correct(old, dice, rate).text for rate in RATES]
    title = f"{len(old.split()):,} words, {{:.0%}} of the sentences changed"
    return [
        Figure.of(title.format(rate), _seconds(old, new, chosen), "s", aim=aim)
        for rate, new, aim in zip(RATES, corrected, AIMS_S, strict=True)
    ]


def _seconds(old: str, new: str, chosen: Sequence[tuple[int, int]]) -> Times:
    act = partial(reanchor, old, new, chosen)
    return Times.of([once_ms(act) / 1_000 for _ in range(REPEATS)])


def _write(target: str, value: object) -> None:
    written = f"{json.dumps(value)}\n"
    if target == "-":
        sys.stdout.write(written)
    else:
        Path(target).write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
