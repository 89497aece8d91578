#!/usr/bin/env python3
"""Set Gloss up and run, test or check it: needs Python and nothing else."""

# ruff: noqa: S603, T201  (it starts programs with its own arguments, and speaks to whoever asks)

import sys

if sys.version_info < (3, 11):  # noqa: UP036  (an older Python reads this far, and says so)
    version = "{}.{}".format(*sys.version_info)
    sys.exit(f"Gloss needs Python 3.11 or newer; this is Python {version}.")

import contextlib
import errno
import hashlib
import importlib.util
import itertools
import json
import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NoReturn

try:
    import fcntl
except ImportError:
    sys.exit("Gloss runs on Linux and macOS; on Windows, run it inside WSL.")

USAGE = """\
usage: python3 run.py [command]

  (nothing)          set up, then serve Gloss until Ctrl-C
  setup              set up alone
  test [arguments]   set up for tests and run pytest with the arguments
  check              lint, types, migrations and all tests
  lock [arguments]   make the requirements again from pyproject.toml, by uv with the arguments
"""

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
RECORD = VENV / "gloss.json"  # what was installed, where, and for which Python
TO_RUN = ROOT / "requirements.txt"
TO_TEST = ROOT / "tests" / "requirements.txt"  # holds all of TO_RUN too

PIPS = 2  # that install at once: a part of the packages each
PIP_FOR_OTHERS = (22, 3)  # since when pip installs into an environment without one

LINT = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
)
TYPES = ("mypy",)
# A file of tests stays in one process, in the order of tests/conftest.py. Two processes left two
# cores idle for a third of the time, since many tests wait.
PYTEST: tuple[str, ...] = ("pytest", "-n", "3", "--dist", "loadfile", "--no-loadscope-reorder")
# A test that hangs for minutes ends its process, and the run: pytest-xdist 3.8 never comes to an
# end once a process of `loadfile` was replaced.
PYTEST += ("--max-worker-restart", "0")


def main(arguments: Sequence[str]) -> None:
    """Do what the command line asks for. Ends the process or replaces it."""
    command, rest = (arguments[0], arguments[1:]) if arguments else ("run", [])
    if command in {"help", "-h", "--help"}:
        print(USAGE, end="")
    elif command == "test":
        test(rest)
    elif command == "lock":
        lock(rest)
    elif command == "run" and not rest:
        run()
    elif command == "setup" and not rest:
        set_up(TO_RUN)
        compile_imports()
    elif command == "check" and not rest:
        check()
    else:
        sys.stderr.write(f"run.py: unknown: {' '.join(arguments)}\n{USAGE}")
        sys.exit(2)


def run() -> NoReturn:
    """Set up and become the server, so that a signal reaches it."""
    refuse_port_in_use()
    set_up(TO_RUN)
    become("app.server")


def refuse_port_in_use() -> None:
    """End the process where something listens on the port: nobody waits for a set-up in vain.

    The server looks again, and says what else is wrong with HOST and PORT.
    """
    host = os.environ.get("HOST", "").strip() or "127.0.0.1"
    port = os.environ.get("PORT", "").strip() or "8000"
    try:
        found = socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM)
    except (ValueError, OverflowError, OSError):
        return
    for family, kind, protocol, _, address in found:
        with contextlib.suppress(OSError), socket.socket(family, kind, protocol) as opened:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            try:
                opened.bind(address)
            except OSError as error:
                if error.errno == errno.EADDRINUSE:
                    sys.exit(f"Port {port} is in use; stop what uses it, or set PORT to another.")


def test(arguments: Sequence[str]) -> NoReturn:
    """Set up for tests and become pytest."""
    set_up(TO_TEST)
    keep_compiled()
    provide_services()
    become(*PYTEST, *arguments)


def check() -> NoReturn:
    """Lint, then test, with types checked beside; ends with code 0 only where no fault is found.

    The tests wait now and then, and leave room: types checked before them took a minute more.
    """
    set_up(TO_TEST)
    keep_compiled()
    for name, command in LINT:
        say(f"Checking: {name}")
        if subprocess.call([PYTHON, "-m", *command], cwd=ROOT) != 0:
            sys.exit(f"The check ends here: {name} found faults. The tests were not run.")
    say("Checking: mypy, beside the tests")
    with subprocess.Popen([PYTHON, "-m", *TYPES], cwd=ROOT) as types:
        provide_services()
        tests = subprocess.call([PYTHON, "-m", *PYTEST], cwd=ROOT)
    if types.returncode:
        say("mypy found faults: see above.")
    sys.exit(tests or types.returncode)


def keep_compiled() -> None:
    """Let what the tests start keep what it compiles, also where Python is told to keep nothing.

    Each server of a test, and there are dozens, would else compile all that it imports.
    """
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


def lock(arguments: Sequence[str]) -> None:
    """Make both requirements files from pyproject.toml, keeping the versions that still fit."""
    uv = shutil.which("uv") or shutil.which("uv", path=VENV / "bin")
    if uv is None:
        sys.exit("Locking needs uv on the PATH.")
    command = [uv, "pip", "compile", "pyproject.toml", "--quiet", "--python", sys.executable]
    command += ["--python-version", "3.11", "--universal", "--generate-hashes"]
    command += ["--no-header", "--no-emit-index-url", "--no-emit-find-links", *arguments]
    to_run, to_test = str(TO_RUN.relative_to(ROOT)), str(TO_TEST.relative_to(ROOT))
    for output in (["-o", to_run], ["--group", "test", "-c", to_run, "-o", to_test]):
        if subprocess.call([*command, *output], cwd=ROOT, env=environment()) != 0:
            sys.exit("The requirements could not be made; uv says why above.")


def become(module: str, *arguments: str) -> NoReturn:
    """Replace this process by the environment's Python running `module` in the checkout."""
    sys.stdout.flush()
    sys.stderr.flush()
    os.chdir(ROOT)
    command = [str(PYTHON), "-m", module, *arguments]
    os.execv(PYTHON, command)  # noqa: S606  (no shell is wanted)


# Set-up


def set_up(requirements: Path) -> None:
    """Make `.venv` hold what `requirements` pins; quick where it does already.

    A set-up that was interrupted is begun again, one that runs elsewhere is waited for.
    """
    if is_set_up(requirements):
        return
    with only_set_up() as held:
        if not is_set_up(requirements):
            began = time.monotonic()
            install(requirements, held)
            say(f"Set up in {time.monotonic() - began:.0f} s.")


def is_set_up(requirements: Path) -> bool:
    """Tell whether `.venv` stands where it was made and holds just these requirements."""
    record = read_record()
    return record == {**record, **here(), **digests(requirements), "finished": True} and (
        PYTHON.exists()
    )


def install(requirements: Path, held: int) -> None:
    """Install `requirements` into `.venv`, made again where its packages cannot be trusted.

    `held` is the file descriptor of the lock: the programs that install inherit it, so that a
    set-up that dies leaves the lock with whatever still writes.
    """
    can_stay = is_trustworthy()
    kept = read_record() if can_stay else {}
    write_record({**here(), "finished": False})
    if not can_stay:
        empty_environment()
    uv = shutil.which("uv")
    installed = uv is not None and install_by_uv(uv, requirements, held)
    if not installed:
        install_by_pip(requirements, held)
    write_record({**kept, **here(), **digests(requirements), "finished": True})


def compile_imports() -> None:
    """Leave compiled what server and commands import, also where Python may keep nothing.

    A service that may not write beside its code would compile all of it at each start. What fails
    here fails at the start, too, and says why there.
    """
    command = [str(PYTHON), "-c", "import app.server, app.cli"]
    kept = {**environment(), "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(command, cwd=ROOT, env=kept, stderr=subprocess.DEVNULL, check=False)


def install_by_uv(uv: str, requirements: Path, held: int) -> bool:
    """Return whether uv managed it; it may not reach an index that pip can."""
    if not PYTHON.exists():
        make_environment("--without-pip", held=held)
    say(f"Installing the packages of {requirements.relative_to(ROOT)} with uv …")
    command = [uv, "pip", "install", "--python", str(PYTHON)]
    if not sys.stderr.isatty():
        command.append("--quiet")
    command += ["--require-hashes", "-r", str(requirements)]
    if subprocess.call(command, env=environment(), cwd=ROOT, pass_fds=[held]) == 0:
        return True
    say("uv could not do it; trying pip.")
    return False


def install_by_pip(requirements: Path, held: int) -> None:
    """Install with this Python's own pip, or with one in the environment; ends where that fails.

    All packages are pinned, so none is asked what it needs; what is imported is compiled then. Most
    of the time goes into looking through the index, a package at a time, so PIPS do it together.
    """
    import tempfile  # noqa: PLC0415 loaded when needed: a start waits for what stands above
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415 loaded when needed

    if is_pip_for_others():
        if not PYTHON.exists():
            make_environment("--without-pip", held=held)
        pip = [sys.executable, "-m", "pip", "--python", str(PYTHON)]
    else:
        if not has_pip():
            make_environment_with_pip(held)
        pip = [str(PYTHON), "-m", "pip"]
    say(f"Installing the packages of {requirements.relative_to(ROOT)} with pip …")
    command = [*pip, "install", "--progress-bar", "off", "--no-deps", "--no-compile"]
    command += ["--require-hashes"]
    pinned = re.findall(
        r"^\w(?:.*\\\n)*.*$", requirements.read_text(encoding="utf-8"), re.MULTILINE
    )
    parts = list(filter(None, (pinned[place::PIPS] for place in range(PIPS))))
    fetched = itertools.count(1)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(PIPS) as threads:
        files = [Path(folder, f"{place}.txt") for place in range(len(parts))]
        for file, part in zip(files, parts, strict=True):
            file.write_text("\n".join(part), encoding="utf-8")
        pips = [threads.submit(follow_pip, [*command, "-r", str(f)], held, fetched) for f in files]
    if any(pip.result() != 0 for pip in pips):
        sys.exit("The packages could not be installed; pip says why above.")


def is_pip_for_others() -> bool:
    """Tell whether the Python that runs this has a pip that installs into other environments."""
    import importlib.metadata  # noqa: PLC0415 loaded when needed

    with contextlib.suppress(importlib.metadata.PackageNotFoundError, ValueError):
        major, minor = importlib.metadata.version("pip").split(".")[:2]
        return (int(major), int(minor)) >= PIP_FOR_OTHERS
    return False


def make_environment_with_pip(held: int) -> None:
    """Make `.venv` with a pip in it; ends the process where this Python cannot."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            "This Python cannot make an environment: install its venv package first "
            f"(on Debian and Ubuntu: apt-get install python{version}-venv), or uv."
        )
    make_environment(held=held)


def follow_pip(command: Sequence[str], held: int, fetched: Iterator[int]) -> int:
    """Run pip, count its packages aloud, show its last words if it fails; return its exit code."""
    lines = []
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        env=environment(),
        cwd=ROOT,
        pass_fds=[held],
    ) as pip:
        for line in pip.stdout or ():
            lines.append(line)
            if line.startswith(("Collecting ", "Processing ")):
                count = next(fetched)
                if count % 10 == 0:
                    say(f"  {count} packages fetched")
    if pip.returncode != 0:
        sys.stderr.writelines(lines[-20:])
    return pip.returncode


def make_environment(*options: str, held: int) -> None:
    """Make `.venv` with the Python that runs this; ends the process where that fails."""
    say("Making the environment in .venv …")
    # A Python inside an environment (this one, perhaps) is not what to build another on.
    python = os.path.realpath(sys.executable)
    command = [python, "-m", "venv", *options, str(VENV)]
    if subprocess.call(command, cwd=ROOT, pass_fds=[held]) != 0:
        sys.exit("The environment could not be made; Python says why above.")


def is_trustworthy() -> bool:
    """Tell whether `.venv` can be kept: whole, not moved, of this very Python.

    One without a record was made by hand, and is kept if its Python is this one.
    """
    record = read_record()
    if record:
        return record == {**record, **here(), "finished": True} and PYTHON.exists()
    question = [str(PYTHON), "-c", "import sys; print(sys.version)"]
    with contextlib.suppress(OSError):
        answer = subprocess.run(question, capture_output=True, text=True, check=False)
        return answer.stdout.strip() == sys.version.strip()
    return False


def has_pip() -> bool:
    """Tell whether the environment is there and can run pip."""
    with contextlib.suppress(OSError):
        question = [str(PYTHON), "-m", "pip", "--version"]
        return subprocess.run(question, capture_output=True, check=False).returncode == 0
    return False


def empty_environment() -> None:
    """Remove all of `.venv` but its record, which says that the work is unfinished."""
    for child in VENV.iterdir():
        if child == RECORD:
            continue
        if child.is_dir() and not child.is_symlink():
            shutil.rmtree(child)
        else:
            child.unlink()


def here() -> dict[str, object]:
    """Say which Python, and where: scripts in an environment hold its path."""
    return {"python": sys.version, "folder": str(VENV)}


def digests(requirements: Path) -> dict[str, object]:
    """Return the SHA-256 of each file that `requirements` stands for, by its name."""
    files = {TO_RUN, requirements}
    return {
        f"sha256 of {file.relative_to(ROOT)}": hashlib.sha256(file.read_bytes()).hexdigest()
        for file in files
    }


def read_record() -> dict[str, object]:
    """Return what the last set-up wrote, or nothing."""
    try:
        record = json.loads(RECORD.read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except ValueError:
        return {"finished": False}
    return record if isinstance(record, dict) else {"finished": False}


def write_record(record: dict[str, object]) -> None:
    """Write the record in one step, so that it is never half there."""
    VENV.mkdir(exist_ok=True)
    draft = RECORD.with_suffix(".draft")
    draft.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    draft.replace(RECORD)


@contextlib.contextmanager
def only_set_up() -> Iterator[int]:
    """Hold the checkout's lock, and give its file descriptor; waits for another set-up."""
    # This file itself is locked: it is there, and a lock file would have to be ignored.
    with Path(__file__).open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("Another set-up of this checkout is running; waiting for it …")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield file.fileno()


def environment() -> dict[str, str]:
    """Return the process's environment without what makes an installer surprise."""
    return {
        **os.environ,
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_USER": "0",
        "UV_PYTHON_DOWNLOADS": "never",
    }


# What the tests need beside Python


def provide_services() -> None:
    """Find Chromium, nginx and PostgreSQL for the tests, and install what is missing where we may.

    From here on a test that needs one and does not find it fails instead of being skipped.
    """
    # Only tests need this folder: Gloss runs without it.
    from tests.harness.programs import missing_packages  # noqa: PLC0415  (only once it is installed)

    os.environ["GLOSS_REQUIRE_SERVICES"] = "1"
    packages = missing_packages()
    if not packages:
        return
    apt_get = shutil.which("apt-get")
    if apt_get and os.geteuid() == 0:
        say(f"Installing {' '.join(packages)} …")
        install_packages(apt_get, packages)
    if missing_packages():
        say(f"Some tests will fail for want of programs; install: {' '.join(packages)}")


def install_packages(apt_get: str, packages: Sequence[str]) -> None:
    """Install Debian packages without questions; apt-get itself says what goes wrong."""
    noninteractive = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "--yes", "--no-install-recommends", *packages]):
        command = [apt_get, "-qq", *arguments]
        subprocess.call(command, env=noninteractive, stdout=subprocess.DEVNULL)


def say(line: str) -> None:
    """Show a line of progress at once."""
    print(line, flush=True)


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        sys.exit("\nStopped. The next start goes on from here.")
    except OSError as error:
        sys.exit(f"run.py: {error.strerror}: {error.filename}")
