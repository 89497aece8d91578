"""How long a text is."""

import pytest

from app.text.length import length_of

JAPANESE = "\u5e02\u306f\u6a4b\u3092\u5efa\u3066\u305f\u3002 \u3060\u304c\u3001NATO\u3002"
THAI = "\u0e19\u0e04\u0e23 \u0e2a\u0e23\u0e49\u0e32\u0e07\u0e2a\u0e30\u0e1e\u0e32\u0e19"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 words"),
        ("One", "1 word"),
        ("It floods every spring.\n\nNobody repairs it.", "7 words"),
        ("Caf\u00e9 na\u00efve", "2 words"),
        (JAPANESE, "16 characters"),
        (THAI, "13 characters"),
        ("\uc2dc\ub294 \ub2e4\ub9ac\ub97c", "2 words"),  # Korean
        (f"The word \u6a4b means bridge, says {JAPANESE[:3]}.", "7 words"),
        ("\u6a4b", "1 character"),
        (1_200 * "\u6a4b", "1,200 characters"),
    ],
)
def test_words_are_counted_or_characters_where_words_have_no_spaces(text: str, said: str) -> None:
    assert str(length_of(text)) == said
