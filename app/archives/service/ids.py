"""New ids for the rows of an archive, and finding them by the old ones: eight bytes a row."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

from app.archives.service.reading import refuse


class Ids:
    """The ids of one table, in their order: the old ones rise, and each has a new one."""

    def __init__(self, table: str, new: Sequence[int]) -> None:
        self._table = table
        self._old = array("I")
        self._new = new

    def add(self, old: object) -> int:
        """Return the new id of the next row.

        Raises: UnfitArchive (the old one is no id, or not larger than the one before).
        """
        place = len(self._old)
        least = self._old[-1] if place else 0
        if type(old) is not int or not least < old < 1 << 31:
            refuse(f"the ids of {self._table} do not rise")
        self._old.append(old)
        return self._new[place]

    def get(self, old: object) -> int | None:
        """Return the new id of an old one, None where there is none."""
        if type(old) is not int or old < 0:
            return None
        place = bisect_left(self._old, old)
        if place == len(self._old) or self._old[place] != old:
            return None
        return self._new[place]


class AllIds:
    """The ids of all tables of an archive, as far as their rows are imported."""

    def __init__(self) -> None:
        self._tables: dict[str, Ids] = {}

    def put(self, table: str, ids: Ids) -> None:
        """Take in the ids of a table."""
        self._tables[table] = ids

    def of(self, table: str) -> Ids:
        """Return the ids of a table."""
        return self._tables[table]

    def get(self, table: str, old: object) -> int | None:
        """Return the new id of an old one, None where there is none."""
        return self._tables[table].get(old)

    def find(self, table: str, old: object) -> int:
        """Return the new id of an old one.

        Raises: UnfitArchive (there is none).
        """
        new = self._tables[table].get(old)
        if new is None:
            refuse(f"something refers to a row of {table} that is not there")
        return new
