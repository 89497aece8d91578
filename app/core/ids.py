"""Ids of rows: a column that holds several."""

from typing import Any

from sqlalchemy import Dialect, Text
from sqlalchemy.types import TypeDecorator


class RowIds(TypeDecorator[tuple[int, ...]]):
    """The ids of rows of one table, ascending; the database keeps them as "3,17", none as ""."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[int, ...] | None, _dialect: Dialect) -> str | None:
        """Write ids as the database keeps them."""
        return None if value is None else ",".join(map(str, value))

    def process_result_value(self, value: str | None, _dialect: Dialect) -> tuple[int, ...] | None:
        """Read what the database keeps."""
        if value is None:
            return None
        return tuple(map(int, value.split(","))) if value else ()

    def coerce_compared_value(self, _op: Any, _value: Any) -> "RowIds":  # noqa: ANN401  (SQLAlchemy's)
        """Write what it is compared with in the same way."""
        return self
