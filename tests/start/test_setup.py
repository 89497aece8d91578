"""The one command: what an operator sees of `run.py`, from a clean clone on."""

import ast
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.server import CannotStart, bind
from tests.harness.server import (
    LOOPBACK,
    ROOT,
    ServerEnded,
    clean_environ,
    free_port,
    wait_for_page,
)

# The Python that somebody has, not the one of this environment.
PYTHON = Path(sys.executable).resolve()
SET_UP_SECONDS = 90.0  # from a clean clone to the first page
SECOND_START_SECONDS = 30.0  # with all in place; three on an idle machine, more beside other tests
STOP_SECONDS = 3.0
PIN = re.compile(r"^([A-Za-z0-9_.-]+)==(\S+)", re.MULTILINE)


def run(folder: Path, *arguments: str, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run `run.py` in a checkout until it ends, with `path` before the PATH."""
    return subprocess.run(
        [PYTHON, "run.py", *arguments],
        cwd=folder,
        env=environ(path),
        capture_output=True,
        text=True,
        check=False,
    )


@contextmanager
def started(
    folder: Path, *arguments: str, path: str = "", port: int = 0
) -> Iterator[subprocess.Popen[bytes]]:
    """Run `run.py` in a checkout, its output in `output`, until the block ends."""
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            [PYTHON, "run.py", *arguments],
            cwd=folder,
            env={**environ(path), "PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def environ(path: str) -> dict[str, str]:
    """Return the environment without the product's settings, with `path` before the PATH."""
    clean = clean_environ()
    return {**clean, "PATH": os.pathsep.join(filter(None, [path, clean["PATH"]]))}


def wait_for_line(folder: Path, words: str, process: subprocess.Popen[bytes]) -> None:
    """Return once `run.py` has printed a line that holds `words`."""
    deadline = time.monotonic() + SET_UP_SECONDS
    while words not in (folder / "output").read_text(encoding="utf-8"):
        assert process.poll() is None, (folder / "output").read_text(encoding="utf-8")
        assert time.monotonic() < deadline, f"{words!r} was not printed"
        time.sleep(0.01)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """Give a clean clone: the project's files without what is made on a machine."""
    git = shutil.which("git")
    if git is None or not (ROOT / ".git").exists():
        pytest.skip("only a git checkout knows which files are the project's")
    command = [git, "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    clone = tmp_path / "clone"
    for name in filter(None, listed.stdout.split("\0")):
        if (ROOT / name).is_file():
            (clone / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, clone / name)
    return clone


@pytest.fixture
def bare_checkout(tmp_path: Path) -> Path:
    """Give a checkout whose requirements are few: what set-up does to `.venv` shows sooner."""
    bare = tmp_path / "bare"
    (bare / "tests").mkdir(parents=True)
    shutil.copy2(ROOT / "run.py", bare)
    locked = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    one = re.search(r"^blinker==(?:.*\\\n)*.*$", locked, re.MULTILINE)
    assert one
    (bare / "requirements.txt").write_text(one[0] + "\n", encoding="utf-8")
    return bare


@pytest.fixture
def uv(tmp_path: Path) -> str:
    """Give a folder for the PATH that holds uv, which makes environments sooner."""
    folder = tmp_path / "programs"
    folder.mkdir()
    (folder / "uv").symlink_to(Path(sys.executable).with_name("uv"))
    return str(folder)


def packages_in(folder: Path) -> str:
    """Return what the checkout's environment can import, of what `bare_checkout` pins."""
    question = "import blinker; print(blinker.__file__)"
    answer = subprocess.run(
        [folder / ".venv" / "bin" / "python", "-c", question],
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout.strip()


@pytest.mark.slow
def test_one_command_leads_from_a_clean_clone_to_the_first_page(checkout: Path) -> None:
    port = free_port()
    with started(checkout, port=port) as process:
        try:
            wait_for_page(port, process, SET_UP_SECONDS)
        except ServerEnded as error:
            raise AssertionError((checkout / "output").read_text(encoding="utf-8")) from error
        output = (checkout / "output").read_text(encoding="utf-8")
        assert output.index("Making the environment") < output.index("Installing the packages")
        assert output.count(f"http://127.0.0.1:{port}") == 1, output

        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)  # reaches the server: run.py has become it
        assert process.wait(SET_UP_SECONDS) == 0
        assert time.monotonic() - asked < STOP_SECONDS

    with started(checkout, port=port) as process:
        assert wait_for_page(port, process) < SECOND_START_SECONDS
        assert "Installing" not in (checkout / "output").read_text(encoding="utf-8")


def test_set_up_is_done_once_and_again_when_something_changed(bare_checkout: Path, uv: str) -> None:
    assert "Installing" in run(bare_checkout, "setup", path=uv).stdout
    assert packages_in(bare_checkout)
    assert run(bare_checkout, "setup", path=uv).stdout == ""

    requirements = bare_checkout / "requirements.txt"
    requirements.write_text(requirements.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    changed = run(bare_checkout, "setup", path=uv).stdout
    assert "Installing" in changed
    assert "Making the environment" not in changed

    # The scripts of an environment name the folder that they were made in.
    moved = bare_checkout.rename(bare_checkout.with_name("moved"))
    assert "Making the environment" in run(moved, "setup", path=uv).stdout
    assert packages_in(moved).startswith(str(moved))

    record = moved / ".venv" / "gloss.json"
    other = {**json.loads(record.read_text(encoding="utf-8")), "python": "another"}
    record.write_text(json.dumps(other), encoding="utf-8")
    assert "Making the environment" in run(moved, "setup", path=uv).stdout


def test_set_up_leaves_compiled_what_the_server_imports(bare_checkout: Path, uv: str) -> None:
    """A service may not write beside its code, and would compile it all at each start."""
    server = bare_checkout / "app" / "server.py"
    server.parent.mkdir()
    server.write_text("import blinker\n", encoding="utf-8")
    run(bare_checkout, "setup", path=uv)
    for name in ("server", "blinker"):
        assert list(bare_checkout.rglob(f"{name}/__pycache__/*.pyc")) or list(
            bare_checkout.rglob(f"__pycache__/{name}.*.pyc")
        )


@pytest.mark.slow
def test_an_interrupted_set_up_is_mended_and_one_under_way_is_waited_for(
    bare_checkout: Path, uv: str
) -> None:
    # By pip: it takes long enough to be met half-way.
    with started(bare_checkout, "setup") as interrupted:
        wait_for_line(bare_checkout, "Making the environment", interrupted)
        os.killpg(interrupted.pid, signal.SIGKILL)
    remains = bare_checkout / ".venv" / "lib" / "remains"
    remains.parent.mkdir(parents=True, exist_ok=True)
    remains.touch()

    with started(bare_checkout, "setup") as first:
        wait_for_line(bare_checkout, "Making the environment", first)
        second = run(bare_checkout, "setup", path=uv)
        assert first.wait(SET_UP_SECONDS) == 0

    assert packages_in(bare_checkout)
    assert not remains.exists()
    assert "waiting for it" in second.stdout
    assert "Installing" not in second.stdout
    assert second.returncode == 0


@pytest.mark.slow
def test_a_python_without_a_new_pip_gets_one_in_the_environment(bare_checkout: Path) -> None:
    claim = (
        "import importlib.metadata, runpy, sys; importlib.metadata.version = lambda _: '22.2.1'; "
        "sys.argv[1:] = ['setup']; runpy.run_path('run.py', run_name='__main__')"
    )
    command: list[str | Path] = [PYTHON, "-c", claim]
    answer = subprocess.run(
        command, cwd=bare_checkout, env=environ(""), capture_output=True, text=True, check=False
    )
    assert answer.returncode == 0, answer.stderr
    assert (bare_checkout / ".venv" / "bin" / "pip").exists()
    assert packages_in(bare_checkout)


def test_an_environment_made_by_hand_is_kept(bare_checkout: Path, uv: str) -> None:
    venv = bare_checkout / ".venv"
    subprocess.run([PYTHON, "-m", "venv", "--without-pip", venv], check=True)
    (venv / "mine").touch()
    assert run(bare_checkout, "setup", path=uv).returncode == 0
    assert packages_in(bare_checkout)
    assert (venv / "mine").exists()


@pytest.mark.slow
def test_packages_that_are_not_the_pinned_ones_are_refused_in_words(
    bare_checkout: Path, uv: str
) -> None:
    requirements = bare_checkout / "requirements.txt"
    forged = re.sub(r"sha256:\w{8}", "sha256:00000000", requirements.read_text(encoding="utf-8"))
    requirements.write_text(forged, encoding="utf-8")
    refused = run(bare_checkout, "setup", path=uv)
    assert refused.returncode == 1
    assert "uv could not do it; trying pip." in refused.stdout
    assert refused.stderr.endswith("The packages could not be installed; pip says why above.\n")
    assert "Traceback" not in refused.stderr
    assert not packages_in(bare_checkout)


def test_a_port_in_use_is_told_before_anything_is_installed(tmp_path: Path) -> None:
    shutil.copy2(ROOT / "run.py", tmp_path)
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
        answer = subprocess.run(
            [PYTHON, "run.py"],
            cwd=tmp_path,
            env={**environ(""), "PORT": str(port)},
            capture_output=True,
            text=True,
            check=False,
        )
        with pytest.raises(CannotStart) as refused:  # the server would say just that, later
            bind(LOOPBACK, port)
    assert (answer.returncode, answer.stdout) == (1, "")
    assert answer.stderr == f"{refused.value}\n"
    assert not (tmp_path / ".venv").exists()


def test_an_unknown_command_is_answered_with_the_usage(tmp_path: Path) -> None:
    shutil.copy2(ROOT / "run.py", tmp_path)
    for arguments in (["serve"], ["setup", "now"], ["check", "-k", "one"]):
        answer = run(tmp_path, *arguments)
        assert answer.returncode == 2
        assert answer.stderr.startswith(f"run.py: unknown: {' '.join(arguments)}\nusage:")
        assert answer.stdout == ""
    assert not (tmp_path / ".venv").exists()


def test_help_names_every_command(tmp_path: Path) -> None:
    shutil.copy2(ROOT / "run.py", tmp_path)
    answer = run(tmp_path, "--help")
    assert answer.returncode == 0
    assert all(f"\n  {name}" in answer.stdout for name in ("setup", "test", "check", "lock"))


def test_an_older_python_is_told_so_in_one_line() -> None:
    file = ROOT / "run.py"
    ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 6))
    claim = "import runpy, sys; sys.version_info = (3, 10, 2); runpy.run_path(sys.argv[1])"
    answer = subprocess.run(
        [PYTHON, "-c", claim, file], capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert answer.stderr == "Gloss needs Python 3.11 or newer; this is Python 3.10.\n"
    assert answer.stdout == ""


def test_the_locks_agree_and_name_no_index() -> None:
    to_run = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    to_test = (ROOT / "tests" / "requirements.txt").read_text(encoding="utf-8")
    assert set(PIN.findall(to_run)) < set(PIN.findall(to_test))
    for lock in (to_run, to_test):
        assert "://" not in lock
        assert not re.search(r"^-", lock, re.MULTILINE)
        assert all(
            re.search(rf"^{re.escape(name)}==.*\\\n\s+--hash=sha256:", lock, re.MULTILINE)
            for name, _version in PIN.findall(lock)
        )
