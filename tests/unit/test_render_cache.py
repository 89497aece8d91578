"""The store of drawn articles."""

from markupsafe import Markup

from app.reading.pages.rendering.cache import Drawing, Drawings


def drawing(characters: int) -> Drawing:
    html = Markup("x") * characters
    return Drawing(Markup(), html, outline=(), title="", is_long=False, directions=())


def test_a_full_store_lets_go_of_what_nobody_asked_for_the_longest() -> None:
    drawings = Drawings(room=25)
    first, second, third = drawing(10), drawing(11), drawing(12)
    drawings.keep("first", first)
    drawings.keep("second", second)
    assert drawings.find("first") is first
    drawings.keep("third", third)
    assert drawings.find("second") is None
    assert drawings.find("first") is first
    assert drawings.find("third") is third


def test_a_drawing_larger_than_the_store_is_not_kept() -> None:
    drawings = Drawings(room=25)
    drawings.keep("small", drawing(5))
    drawings.keep("large", drawing(26))
    assert drawings.find("large") is None
    assert drawings.find("small") is not None
    drawings.keep("again", drawing(25))
    assert drawings.find("again") is not None


def test_a_drawing_that_two_threads_made_is_counted_once() -> None:
    drawings = Drawings(room=25)
    for _ in range(3):
        drawings.keep("same", drawing(20))
    assert drawings.find("same") is not None
