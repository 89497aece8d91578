"""Objects of frozen classes are to their users what those of a frozen dataclass are."""

from dataclasses import dataclass, field, replace

from app.frozen import frozen


@frozen
class Place:
    """A place, with a secret, and with what does not tell it from others."""

    start: int
    end: int = 5
    secret: str = field(default="s3cret", repr=False)
    seen: list[str] = field(default_factory=list, compare=False)

    @property
    def length(self) -> int:
        """Return how long it is."""
        return self.end - self.start


@frozen
class Named(Place):
    """A place with a name."""

    name: str = ""


@dataclass(frozen=True)
class Other:
    """Something else that has the same fields."""

    start: int
    end: int = 5
    secret: str = "s3cret"


def test_two_are_equal_where_all_that_is_compared_is() -> None:
    assert Place(1, seen=["Ann"]) == Place(1, 5)
    assert len({Place(1, seen=["Ann"]), Place(1), Place(2), Place(1, secret="")}) == 3
    assert Place(1) != Place(1, 6)
    assert Named(1, name="Ann") != Named(1, name="Bert")


def test_one_is_not_equal_to_what_is_of_another_class() -> None:
    other: list[object] = [Other(1), Named(1), (1, 5, "s3cret")]
    assert Place(1) not in other


def test_one_shows_all_but_its_secrets() -> None:
    assert repr(Named(1, name="Ann")) == "Named(start=1, end=5, seen=[], name='Ann')"


def test_one_is_changed_into_another() -> None:
    assert replace(Named(1, name="Ann"), start=2) == Named(2, name="Ann")
    assert replace(Place(1), start=3).length == 2


def test_one_has_no_room_for_more_than_its_fields() -> None:
    assert not hasattr(Named(1), "__dict__")
