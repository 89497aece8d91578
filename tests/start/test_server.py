"""Starting and stopping the real server, as whoever runs it meets it."""

import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from functools import partial
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.config import Config
from app.core.database_urls import driver_url
from app.server import OPEN_FILES, prepare
from tests.harness.postgres import PostgresServer
from tests.harness.server import LOOPBACK, ROOT, START_SECONDS, clean_environ, free_port

READY = "Gloss is ready: "
NOT_TO_START = {
    "alembic",
    "app.cli",
    "app.text.revising",
    "authlib",
    "charset_normalizer",
    "email_validator",
    "joserfc",
    "lxml",
    "mammoth",
    "markdown_it",
    "pypdfium2",
    "requests",
    "sentencex",
    "xlsxwriter",
    "yaml",
}


class Start:
    """One `python -m app.server` and what it has printed so far."""

    def __init__(self, data_dir: Path, first: Sequence[str] = (), **settings: str) -> None:
        self.port = int(settings.get("PORT", free_port()))
        nothing = str(ROOT / "tests" / "start")  # a folder without articles
        environ = {"DATA_DIR": str(data_dir), "SEED_DIRS": nothing, "PORT": str(self.port)}
        self.process = subprocess.Popen(
            [sys.executable, *first, "-m", "app.server"],
            cwd=ROOT,
            env={**clean_environ(), **environ, **settings},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.printed: list[str] = []

    def wait_until_ready(self) -> str:
        """Return the address that it prints."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.printed.append(line.rstrip("\n"))
            if line.startswith(READY):
                return line.removeprefix(READY).rstrip("\n")
        pytest.fail(f"it ended: {self.end()}")

    def end(self, seconds: float = START_SECONDS) -> tuple[int, str]:
        """Wait for its end; return its exit code and all of stderr."""
        output, errors = self.process.communicate(timeout=seconds)
        self.printed += output.splitlines()
        return self.process.returncode, errors

    def get(self, path: str) -> int:
        """Return the status of one answer."""
        with closing(HTTPConnection(LOOPBACK, self.port, timeout=20)) as connection:
            connection.request("GET", path)
            return connection.getresponse().status


@pytest.fixture
def made(tmp_path: Path, migrated_sqlite: Path) -> Path:
    """Give a data folder with a database: to make its tables is most of a first start."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(migrated_sqlite, folder / "gloss.sqlite3")
    return folder


@contextmanager
def start(data_dir: Path, first: Sequence[str] = (), **settings: str) -> Iterator[Start]:
    started = Start(data_dir, first, **settings)
    try:
        yield started
    finally:
        started.process.kill()
        started.process.wait()
        for stream in (started.process.stdout, started.process.stderr):
            assert stream is not None
            stream.close()


def refusal(data_dir: Path, **settings: str) -> str:
    """Return the one line of a start that must fail."""
    with start(data_dir, (), **settings) as started:
        code, errors = started.end()
    assert code == 1
    assert errors.count("\n") == 1, errors
    assert "Traceback" not in errors
    assert not any(line.startswith(READY) for line in started.printed)
    return errors.rstrip("\n")


def test_the_address_is_printed_once_it_answers(tmp_path: Path) -> None:
    with start(tmp_path / "data") as started:
        assert started.wait_until_ready() == f"http://127.0.0.1:{started.port}"
        assert started.get("/") < 400
        assert [line for line in started.printed if "http" in line] == started.printed[-1:]
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert (tmp_path / "data" / "gloss.sqlite3").exists()


def test_a_start_imports_nothing_that_few_requests_need(made: Path) -> None:
    given = {"DATA_DIR": str(made), "SEED_DIRS": str(ROOT / "tests" / "start")}
    code = (
        "import os, sys; from app.server import Config, create_app, prepare;"
        "config = Config.from_env(os.environ); prepare(config, echo=str);"
        "create_app(config, is_serving=True); print(*sys.modules)"
    )
    started = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**clean_environ(), **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not NOT_TO_START & set(started.stdout.split())


def test_the_public_address_is_the_one_printed(made: Path) -> None:
    with start(made, PUBLIC_URL="https://gloss.example/") as started:
        assert started.wait_until_ready() == "https://gloss.example"


def test_nobody_can_connect_before_it_is_ready(tmp_path: Path) -> None:
    with start(tmp_path / "data") as started:
        early: list[float] = []

        def knock() -> None:
            while not early and started.process.poll() is None:
                try:
                    socket.create_connection((LOOPBACK, started.port), timeout=5).close()
                except OSError:
                    time.sleep(0.005)
                else:
                    early.append(time.monotonic())

        knocking = threading.Thread(target=knock)
        knocking.start()
        started.wait_until_ready()
        ready = time.monotonic()
        knocking.join()
        assert early[0] > ready - 1


@pytest.mark.skipif(sys.platform != "linux", reason="asks the system for another's limits")
def test_it_may_open_more_files_than_a_shell_allows(made: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    try:
        with start(made) as started:
            started.wait_until_ready()
            allowed, _hard = resource.prlimit(started.process.pid, resource.RLIMIT_NOFILE)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    assert allowed == (OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, OPEN_FILES))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_at_once_and_says_nothing(made: Path, number: signal.Signals) -> None:
    with start(made) as started:
        started.wait_until_ready()
        with closing(HTTPConnection(LOOPBACK, started.port, timeout=20)) as kept:
            kept.request("GET", "/")
            kept.getresponse().read()  # and the connection stays open
            began = time.monotonic()
            started.process.send_signal(number)
            assert started.end() == (0, "")
            assert time.monotonic() - began < 3


def test_a_stop_while_it_makes_ready_is_silent_too(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with start(data) as started:
        deadline = time.monotonic() + START_SECONDS
        while not (data / "start.lock").exists() and time.monotonic() < deadline:
            time.sleep(0.002)
        started.process.send_signal(signal.SIGTERM)
        assert started.end() == (0, "")
    with start(data) as again:
        again.wait_until_ready()


def test_of_two_starts_at_once_the_second_finds_the_port_taken(made: Path) -> None:
    port = str(free_port())
    with start(made, PORT=port) as one, start(made, PORT=port) as two:
        deadline = time.monotonic() + START_SECONDS
        while one.process.poll() is None and two.process.poll() is None:
            assert time.monotonic() < deadline, "both serve"
            time.sleep(0.02)
        loser, winner = (one, two) if one.process.poll() is not None else (two, one)
        code, errors = loser.end()
        in_use = f"Port {port} is in use; stop what uses it, or set PORT to another.\n"
        assert (code, errors) == (1, in_use)
        winner.wait_until_ready()
        assert winner.get("/") < 400


def test_two_starts_at_once_on_two_ports_both_serve(tmp_path: Path) -> None:
    with start(tmp_path / "data") as one, start(tmp_path / "data") as two:
        one.wait_until_ready()
        two.wait_until_ready()
        assert max(one.get("/"), two.get("/")) < 400
    with closing(sqlite3.connect(tmp_path / "data" / "gloss.sqlite3")) as database:
        assert database.execute("SELECT slug FROM projects").fetchall() == [("first",)]


def test_a_bad_setting_is_one_line(tmp_path: Path) -> None:
    line = refusal(tmp_path / "data", TRUSTED_PROXIES="many")
    assert line == "TRUSTED_PROXIES is 'many'; it must be a whole number from 0 to 10."


def test_a_port_in_use_is_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = refusal(tmp_path / "data", PORT=str(port))
    assert line == f"Port {port} is in use; stop what uses it, or set PORT to another."
    assert not (tmp_path / "data" / "gloss.sqlite3").exists()


def test_an_address_of_another_machine_is_one_line(tmp_path: Path) -> None:
    network = {"SECRET_KEY": "k" * 32, "PUBLIC_URL": "https://gloss.example"}
    line = refusal(tmp_path / "data", HOST="192.0.2.7", **network)
    assert line == "HOST is '192.0.2.7', which is not an address of this machine."


@pytest.mark.parametrize("secret", ["", "k" * 32])
def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path, secret: str) -> None:
    (tmp_path / "file").touch()
    line = refusal(tmp_path / "file" / "data", SECRET_KEY=secret)
    folder = tmp_path / "file" / "data"
    assert line == f"DATA_DIR is {folder}, where nothing can be written: Not a directory."


@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that even root cannot write")
def test_a_folder_that_cannot_be_written_is_one_line() -> None:
    line = refusal(Path("/proc"), SECRET_KEY="k" * 32)
    assert line.startswith("DATA_DIR is /proc, where nothing can be written: ")


GO_ON = "import os, sys; os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
# Root writes only where its account may (PR_CAPBSET_DROP, CAP_DAC_OVERRIDE), as others do anyway.
OBEYING = ("-c", f"import ctypes; ctypes.CDLL(None).prctl(24, 1); {GO_ON}")
# No file grows by a byte, as on a full disk.
FULL = ("-c", f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, (0, 0)); {GO_ON}")
COMMANDS = """
import sys
from app import create_app
run = create_app().test_cli_runner().invoke
for line in sys.argv[1:]:
    done = run(args=line.split())
    print(done.output, done.exit_code)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="takes a right of root away as Linux does")
@pytest.mark.parametrize(
    ("first", "mode", "reason"),
    [
        (OBEYING, 0o500, "Permission denied"),
        (FULL, 0o700, "File too large"),
    ],
)
def test_where_nothing_can_be_written_the_start_warns_and_what_is_there_is_read(
    tmp_path: Path, first: Sequence[str], mode: int, reason: str
) -> None:
    folder = tmp_path / "data"
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    (seeds / "a.txt").write_text("A title\n\nThe first paragraph.")
    given = {"DATA_DIR": str(folder), "SEED_DIRS": str(seeds)}
    said: list[str] = []
    prepare(Config.from_env(given), echo=said.append)
    warning = (
        "Warning: The disk of the server is full, or can only be read: nothing can be saved."
        f" ({folder}: {reason}.) Gloss starts all the same."
    )
    commands = ("-c", COMMANDS, "verify", "articles list", "annotations export")
    folder.chmod(mode)
    try:
        with start(folder, first, SEED_DIRS=str(seeds)) as started:
            started.wait_until_ready()
            assert started.printed[:-1] == [warning]
            assert started.get("/ready") == 200
            assert started.get("/") < 400
        done = subprocess.run(
            [sys.executable, *first, *commands],
            cwd=ROOT,
            env={**clean_environ(), **given},
            capture_output=True,
            text=True,
            check=True,
        )
    finally:
        folder.chmod(0o700)
    assert "Every quote equals its text, and every event has its row.\n 0\n" in done.stdout
    assert "\tA title\t" in done.stdout
    assert "annotation_id,project," in done.stdout
    assert done.stdout.endswith(" 0\n")
    assert "is not recorded: attempt to write a readonly database" in done.stdout


@pytest.mark.postgres
@pytest.mark.skipif(sys.platform != "linux", reason="needs a folder that even root cannot write")
def test_with_postgres_a_folder_that_cannot_be_written_is_a_warning(
    migrated_postgresql: str, postgres: PostgresServer
) -> None:
    name = postgres.create_database(migrated_postgresql)
    given = {"DATABASE_URL": postgres.url(name), "SECRET_KEY": "k" * 32}
    with start(Path("/proc"), (), **given) as started:
        started.wait_until_ready()
        assert started.printed[0].startswith("Warning: DATA_DIR is /proc, where nothing can be")
    postgres.drop_database(name)


def test_a_newer_database_is_one_line_and_left_alone(made: Path) -> None:
    file = made / "gloss.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.commit()
    line = refusal(made)
    assert line.startswith("The database is at revision 9999, which this version of Gloss does not")
    assert not (made / "backups").exists()


def test_a_file_that_is_no_database_is_one_line_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "gloss.sqlite3"
    file.write_bytes(b"not a database at all" * 1000)
    before = file.read_bytes()
    line = refusal(tmp_path / "data")
    assert line == f"The database sqlite:///{file} cannot be used: file is not a database"
    assert file.read_bytes() == before


def test_a_database_in_no_folder_is_one_line(tmp_path: Path) -> None:
    line = refusal(tmp_path / "data", DATABASE_URL=f"sqlite:///{tmp_path}/none/gloss.sqlite3")
    assert line.endswith("/none/gloss.sqlite3 cannot be used: unable to open database file")


def test_a_postgres_that_is_down_is_one_line_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql://ann:hunter2@127.0.0.1:{free_port()}/gloss"
    line = refusal(tmp_path / "data", DATABASE_URL=url)
    assert line.startswith("The database postgresql+psycopg://ann:***@127.0.0.1:")
    assert "Connection refused" in line
    assert "hunter2" not in line


@pytest.mark.postgres
def test_a_team_may_use_postgres(tmp_path: Path, postgres: PostgresServer) -> None:
    url = postgres.url(postgres.create_database())
    for _ in range(2):
        with start(tmp_path / "data", DATABASE_URL=url) as started:
            started.wait_until_ready()
            assert started.get("/") < 400
    assert not (tmp_path / "data" / "gloss.sqlite3").exists()


@pytest.mark.postgres
def test_a_postgres_account_without_rights_is_one_line(
    tmp_path: Path, postgres: PostgresServer
) -> None:
    url = postgres.url(postgres.create_database())
    engine = create_engine(driver_url(url))
    with engine.begin() as connection:
        connection.execute(text("CREATE ROLE reader LOGIN"))
    engine.dispose()
    line = refusal(tmp_path / "data", DATABASE_URL=url.replace("//postgres@", "//reader@"))
    assert "cannot be used: permission denied for schema public" in line


def test_a_second_start_keeps_everything_and_copies_nothing(tmp_path: Path) -> None:
    for _ in range(2):
        with start(tmp_path / "data") as started:
            started.wait_until_ready()
            started.process.send_signal(signal.SIGTERM)
            assert started.end() == (0, "")
    assert not (tmp_path / "data" / "backups").exists()
    with closing(sqlite3.connect(tmp_path / "data" / "gloss.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM projects").fetchone() == (1,)


@pytest.mark.postgres
def test_two_starts_at_once_on_an_empty_postgresql_load_each_article_once(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    seeds = tmp_path / "seeds"
    seeds.mkdir()
    for number in range(5):
        (seeds / f"{number}.txt").write_text(f"Title {number}\n\nA first paragraph of {number}.")
    for _ in range(3):  # a race that is lost only sometimes must show
        name = postgres.create_database()
        given = {"DATABASE_URL": postgres.url(name), "SEED_DIRS": str(seeds)}
        configs = [
            Config.from_env({**given, "DATA_DIR": str(tmp_path / machine)})
            for machine in ("one", "other")
        ]
        said: list[str] = []
        with ThreadPoolExecutor() as pool:
            list(pool.map(partial(prepare, echo=said.append), configs))
        assert sorted(line for line in said if line.endswith((" loaded.", " skipped."))) == [
            "Seeds: 5 loaded.",
            "Seeds: 5 skipped.",
        ]
        postgres.drop_database(name)
