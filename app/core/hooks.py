"""A place in a service where other rooms act that it knows nothing of."""

from collections.abc import Callable
from typing import Generic, ParamSpec

P = ParamSpec("P")


class Hook(Generic[P]):
    """Calls what `app/hooks.py` has put there, in that order, in the transaction of the caller."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._acts: tuple[Callable[P, None], ...] | None = None

    @property
    def is_set(self) -> bool:
        """Say whether anything was put here."""
        return bool(self._acts)

    def set(self, *acts: Callable[P, None]) -> None:
        """Let these act, in place of any before."""
        self._acts = acts

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> None:
        """Let everyone act.

        Raises: RuntimeError (nothing was put here: rather than lose what a room does).
        """
        if self._acts is None:
            message = f"Nothing hangs on the hook {self._name}: call app.hooks.register first."
            raise RuntimeError(message)
        for act in self._acts:
            act(*args, **kwargs)
