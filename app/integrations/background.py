"""Work that goes on when its page is closed: processes of their own, a few at once."""

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from threading import BoundedSemaphore, Thread

AT_ONCE = 2  # the others wait
_ROOT = Path(__file__).resolve().parents[2]
_turns = BoundedSemaphore(AT_ONCE)


def run_module(
    module: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    on_end: Callable[[], None],
) -> Thread:
    """Run a module of ours as a program, in its turn, and call `on_end` when it has ended.

    It goes on when the server stops. Return the thread that waits for it.
    """
    command = [sys.executable, "-m", module, *arguments]

    def run() -> None:
        with _turns:
            process = subprocess.Popen(  # noqa: S603  (what it runs is ours)
                command,
                cwd=_ROOT,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is the server's to answer
            )
            process.wait()
        on_end()

    thread = Thread(target=run, name=module, daemon=True)
    thread.start()
    return thread
