"""What the forms of assignments send."""

from datetime import date

from werkzeug.datastructures import MultiDict

from app.core.errors import Invalid
from app.frozen import frozen
from app.text.dates import read_day
from app.web.responses import read_number


@frozen
class AssignForm:
    """What is to be assigned to whom: ids of articles and accounts; `due` as it was typed.

    `without_date` asks that what is assigned already has no date any more.
    """

    article_ids: frozenset[int] = frozenset()
    account_ids: frozenset[int] = frozenset()
    due: str = ""
    without_date: bool = False

    @classmethod
    def read(cls, form: MultiDict[str, str]) -> "AssignForm":
        """Read the form as it was sent; what is no number is left out."""
        return cls(
            _numbers(form, "article"),
            _numbers(form, "account"),
            form.get("due", ""),
            form.get("without_date") == "1",
        )

    @property
    def due_on(self) -> date | None:
        """Return the day that was typed, None for none.

        Raises: Invalid.
        """
        if not self.due.strip():
            return None
        day = read_day(self.due)
        if day is None:
            message = "Write the date as year, month and day, such as 2027-01-31, or leave it out."
            raise Invalid("due", message)
        return day


def _numbers(form: MultiDict[str, str], name: str) -> frozenset[int]:
    return frozenset(
        number for value in form.getlist(name) if (number := read_number(value)) is not None
    )
