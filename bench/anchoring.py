"""How well and how fast passages find their place in a corrected text.

`python -m bench.anchoring` takes the time; `python -m bench.anchoring FILE --json -` counts how
many of a file's cases are right, and `--places FILE` writes where each was placed.
"""

import argparse
import json
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from app.text.anchoring import reanchor
from bench.timing import Figure, milliseconds, show

Place = tuple[int, int] | None


def main() -> None:
    """Judge the cases of the file that is named, or take the time."""
    parser = argparse.ArgumentParser(description="Re-anchoring", add_help=False)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--places", type=Path)
    parser.add_argument("--json", type=Path)
    a = parser.parse_args()
    cases = json.loads(a.file.read_text(encoding="utf-8"))
    places = place_cases(cases)
    c = Counter()
    for case in cases["cases"]:
        p = places[case["id"]]
        v = verdict(case, p)
        c[v] += 1
        if v != "right":
            print(v, case["id"], case["class"], p, case["expected"], repr(case["selector"]["exact"]))
    print(c)


def place_cases(found: dict[str, Any]) -> dict[str, Place]:
    texts = {d["id"]: [v["text"] for v in d["versions"]] for d in found["documents"]}
    together = defaultdict(list)
    for case in found["cases"]:
        together[case["doc"], case["from"], case["to"]].append(case)
    places = {}
    for (doc, old, new), cases in together.items():
        ranges = [(case["position"]["start"], case["position"]["end"]) for case in cases]
        for case, answer in zip(cases, reanchor(texts[doc][old], texts[doc][new], ranges), strict=True):
            places[case["id"]] = answer.place
    return places


def verdict(case: dict[str, Any], place: Place) -> str:
    """Say "right", "wrong" or "needless_orphans", as the file's own scoring says."""
    expected = case["expected"]
    if expected is None:
        return "right" if place is None else "wrong"
    if place is None:
        return "needless_orphans"
    if case["class"] == "edited":
        shared = max(0, min(place[1], expected[1]) - max(place[0], expected[0]))
        union = place[1] - place[0] + expected[1] - expected[0] - shared
        return "right" if 2 * shared >= union else "wrong"
    return "right" if list(place) == expected else "wrong"


if __name__ == "__main__":
    main()
