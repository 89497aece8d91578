"""People of one name are told apart, however they write it."""

from app.core.names import disambiguate_names


def test_those_who_share_a_name_get_their_number_however_they_write_it() -> None:
    people = [(1, "Ada Strauß"), (2, "ADA STRAUSS"), (3, "Ada")]
    assert disambiguate_names(people) == [(1, "Ada Strauß (1)"), (2, "ADA STRAUSS (2)"), (3, "Ada")]
    assert disambiguate_names([]) == []
