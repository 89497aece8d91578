"""Objects of the ORM made of rows that a `Prepared` has read.

The ORM finds out each time how to make them. Who asks, up to five objects of one row, is
found so in 0.43 of the time that its query took, a tenth of a tag. It is for what each request
asks for; all others let the ORM read them.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Column, Table, inspect
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.util import identity_key

from app.core.db import Base

Model = TypeVar("Model", bound=Base)


class ObjectReader(Generic[Model]):
    """Makes objects of a model; the columns named by `later` are read when they are asked for."""

    def __init__(self, model: type[Model], *, later: Sequence[str] = ()) -> None:
        self._model = model
        table = cast("Table", model.__table__)
        self.columns: list[Column[Any]] = [one for one in table.c if one.name not in later]
        """What is to be selected for it, in their order."""
        self._key_places = [self.columns.index(one) for one in table.primary_key]

    @cached_property
    def _names(self) -> list[str]:
        mapper = inspect(self._model)
        return [mapper.get_property_by_column(column).key for column in self.columns]

    def read(self, session: Session, values: Sequence[Any]) -> Model | None:
        """Return the object of a row's values, which the session holds as if it had read it itself.

        None where an outer join has found no row. One that the session has already stays as it is.
        """
        key = tuple([values[place] for place in self._key_places])
        if key[0] is None:
            return None
        held: Model | None = session.identity_map.get(identity_key(self._model, key))
        if held is not None:
            return held
        made = cast("Model", inspect(self._model).class_manager.new_instance())
        vars(made).update(zip(self._names, values, strict=True))
        make_transient_to_detached(made)
        session.add(made)
        return made
