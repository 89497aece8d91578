"""What `python -m bench.files` says of files that were read well and badly."""

import json
from pathlib import Path
from typing import Any

from bench.files import Judged, find_pairs, judge, sum_up

WORDS = "One paragraph, of twelve words and some more, which begins the whole text."


def judge_text(tmp_path: Path, written: str, gold: dict[str, Any]) -> Judged:
    (tmp_path / "a.txt").write_text(written, encoding="utf-8")
    (tmp_path / "a.json").write_text(json.dumps(gold), encoding="utf-8")
    ((path, found),) = find_pairs(tmp_path)
    return judge(path, found)


def test_a_file_that_was_read_well_is_right_in_everything(tmp_path: Path) -> None:
    one = judge_text(
        tmp_path,
        f"The title\n\nBy Ann Lee, March 5, 2024\n\n{WORDS}\n",
        {"title": "The Title", "author": "Lee, Ann", "date": "2024-03-05", "text": WORDS},
    )
    assert (one.recall, one.has_opening, one.author, one.date, one.title) == (1, *[True] * 4)
    assert one.precision == 13 / 15  # the title is read too


def test_what_is_lost_or_wrong_is_counted(tmp_path: Path) -> None:
    one = judge_text(tmp_path, "Other words", {"text": f"Short.\n{WORDS}", "author": "Ann Lee"})
    assert (one.recall, one.has_opening, one.author, one.date, one.title) == (
        1 / 14,
        False,
        False,
        None,
        None,
    )
    sums = sum_up([one])
    assert sums["openings lost"] == "1 of 1"
    assert sums["authors right"] == "0 of 1 (0%)"
    assert sums["dates right"] == "0 of 0"


def test_files_without_right_values_are_passed_over(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# T", encoding="utf-8")
    (tmp_path / "b.json").write_text("{}", encoding="utf-8")
    assert list(find_pairs(tmp_path)) == []
