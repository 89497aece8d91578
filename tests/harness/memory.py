"""How much memory a stream takes."""

import tracemalloc
from collections.abc import Iterable


def peak_of(pieces: Iterable[bytes]) -> tuple[int, int]:
    """Read a stream; return how many bytes it gave, and were in use for it at most at a time."""
    tracemalloc.start()
    try:
        size = sum(len(piece) for piece in pieces)
        return size, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
