"""Each decision has a number, a date and a status, and stands in the index."""

import re
from datetime import date

from tests.harness.documents import DECISIONS, table

ENTRY = re.compile(r"^## (\d+)\. (.+)\n\*(\d{4}-\d\d-\d\d), (.+)\*\n\n\S", re.MULTILINE)
TEXT = DECISIONS.read_text(encoding="utf-8")
ENTRIES = ENTRY.findall(TEXT)


def test_every_entry_has_a_number_a_date_and_a_status() -> None:
    assert len(ENTRIES) == TEXT.count("\n## ")
    assert [int(number) for number, *_rest in ENTRIES] == list(range(1, len(ENTRIES) + 1))


def test_newer_entries_stand_below_older_ones() -> None:
    dates = [date.fromisoformat(day) for _number, _title, day, _status in ENTRIES]
    assert dates == sorted(dates)


def test_the_index_lists_every_entry_as_it_is() -> None:
    index = [tuple(row) for row in table(DECISIONS, "number")]
    assert index == [(number, day, status, title) for number, title, day, status in ENTRIES]


def test_what_is_not_in_force_was_replaced_by_a_later_entry() -> None:
    for number, _title, _day, status in ENTRIES:
        if status != "in force":
            later = re.fullmatch(r"(?:partly )?replaced by (\d+)", status)
            assert later is not None, status
            assert int(number) < int(later[1]) <= len(ENTRIES)
