"""What `deploy/` says to systemd and nginx is known to these, and fits Gloss."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.config import BadSetting, Config
from app.integrations.reader_process import MOST_SECONDS
from tests.harness.server import ROOT
from tests.harness.trial import FOLDER, command_of, read_settings

UNITS = FOLDER / "systemd"
INSTALLED = "/srv/gloss"  # where the units have the checkout


def test_systemd_knows_all_that_the_units_say(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed, which checks units")
    for unit in UNITS.iterdir():
        # A program that is not there is a fault, too.
        written = unit.read_text(encoding="utf-8").replace(INSTALLED, str(ROOT))
        (tmp_path / unit.name.replace("@", "@8001")).write_text(written, encoding="utf-8")
    units = sorted(str(file) for file in tmp_path.iterdir())
    found = subprocess.run(
        [program, "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in found.stderr.splitlines() if "gloss" in line]
    assert (found.returncode, ours) == (0, [])


@pytest.mark.parametrize("unit", sorted(UNITS.glob("*.service")), ids=lambda unit: unit.name)
def test_what_a_unit_starts_is_there(unit: Path) -> None:
    program, *_rest = command_of(unit)
    assert (ROOT / Path(program).relative_to(INSTALLED)).exists()
    settings = re.search(r"^EnvironmentFile=(.+)$", unit.read_text(encoding="utf-8"), re.MULTILINE)
    assert settings is not None
    assert settings[1] == "/etc/gloss.env"


def test_the_example_of_settings_is_read_and_its_key_is_refused(tmp_path: Path) -> None:
    given = read_settings(FOLDER / "gloss.env")
    with pytest.raises(BadSetting, match="SECRET_KEY has"):
        Config.from_env({**given, "DATA_DIR": str(tmp_path)})
    read = Config.from_env({**given, "DATA_DIR": str(tmp_path), "SECRET_KEY": "k" * 32})
    assert read.trusted_proxies == 1
    assert read.public_url == "https://gloss.example.org"


def test_nginx_waits_for_an_answer_as_long_as_files_may_be_read() -> None:
    written = (FOLDER / "nginx" / "gloss.conf").read_text(encoding="utf-8")
    found = re.search(r"^ *proxy_read_timeout ([0-9]+)s;", written, re.MULTILINE)
    assert found is not None
    assert int(found[1]) >= MOST_SECONDS
