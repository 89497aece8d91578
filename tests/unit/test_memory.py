"""What a process keeps in memory, up to so many characters."""

from app.core.memory import Memory


def test_what_is_kept_in_place_of_something_else_takes_its_room() -> None:
    memory: Memory[str] = Memory(room=10, size_of=len)
    memory.keep("one", "x" * 8)
    memory.keep("one", "y" * 2)
    memory.keep("other", "z" * 8)
    assert memory.find("one") == "yy"
    assert memory.find("other") == "z" * 8
