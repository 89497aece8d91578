"""How much of something each of many holds at the moment, and whether one may hold more."""

from collections import Counter
from collections.abc import Hashable


class Shares:
    """Counts what each holds; of one at most `most`, None for any number."""

    def __init__(self, most: int | None) -> None:
        self._most = most
        self._held: Counter[Hashable] = Counter()

    def has_room(self, who: Hashable) -> bool:
        """Say whether somebody may hold one more."""
        return self._most is None or self._held[who] < self._most

    def take(self, who: Hashable) -> None:
        """Count one more of somebody's."""
        self._held[who] += 1

    def give_back(self, who: Hashable) -> None:
        """Count one less of somebody's, and forget who holds nothing."""
        self._held[who] -= 1
        if not self._held[who]:
            del self._held[who]
