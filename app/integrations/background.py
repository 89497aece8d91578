"""Work that goes on when its page is closed: processes of their own, a few at once."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import BoundedSemaphore, Thread

AT_ONCE = 2  # the others wait
KEPT_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")  # the others may hold secrets
OF_POSTGRESQL = "PG"  # how those begin by which it is reached, as libpq reads them
_ROOT = Path(__file__).resolve().parents[2]
_turns = BoundedSemaphore(AT_ONCE)


class Job:
    """A module of ours that runs as a program, in its turn; `process` is None until then.

    It goes on when the server stops. `on_end` is called when it has ended, however it did.
    """

    def __init__(
        self,
        module: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        on_end: Callable[[], None],
    ) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self._command = [sys.executable, "-m", module, *arguments]
        self._environment = environment
        self._on_end = on_end
        self._thread = Thread(target=self._run, name=module, daemon=True)
        self._thread.start()

    def wait(self, seconds: float) -> bool:
        """Wait until it has ended and that was said, and return whether it was so in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _run(self) -> None:
        with _turns:
            self.process = subprocess.Popen(  # noqa: S603  (what it runs is ours)
                self._command,
                cwd=_ROOT,
                env={**_kept_variables(), **self._environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the server's to answer
            )
            self.process.wait()
        self._on_end()


def _kept_variables() -> Mapping[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name in KEPT_VARIABLES or name.startswith(OF_POSTGRESQL)
    }
