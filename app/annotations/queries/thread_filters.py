"""Asking for annotations by the state of their threads, which a room further down knows."""

from collections.abc import Callable

from sqlalchemy import ColumnElement

THREAD_FILTERS: dict[str, Callable[[str], ColumnElement[bool]]] = {}
"""By the name of a state what makes the condition, on the row of the bare table, of that name.

app/hooks.py puts them there.
"""
