"""The settings: what is read, what is refused, and with which words."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url

from app.config import CHECKOUT, BadSetting, Config, keep_secret
from app.text.dates import DateOrder

SECRET = "0123456789abcdef" * 2
NETWORK = {"HOST": "0.0.0.0", "SECRET_KEY": SECRET, "PUBLIC_URL": "https://gloss.example"}  # noqa: S104  (read, not bound)


def config(**settings: str) -> Config:
    return Config.from_env({"SECRET_KEY": SECRET, **settings})


def refusal(**settings: str) -> str:
    with pytest.raises(BadSetting) as caught:
        config(**settings)
    message = str(caught.value)
    assert "\n" not in message
    return message


def test_nothing_set_gives_the_defaults() -> None:
    read = config()
    assert (read.host, read.port) == ("127.0.0.1", 8000)
    assert read.data_dir == CHECKOUT / "instance"
    assert read.database_url == f"sqlite:///{CHECKOUT}/instance/gloss.sqlite3"
    assert read.seed_dirs[0] == CHECKOUT / "seeds"
    assert (read.public_url, read.trusted_proxies) == ("", 0)
    assert read.date_order is DateOrder.MDY
    assert read.registration_open
    assert read.permalink_base == "http://127.0.0.1:8000"


def test_a_setting_that_is_blank_counts_as_not_set() -> None:
    blank = config(PORT="", HOST="  ", DATABASE_URL="", PUBLIC_URL="", REGISTRATION=" ")
    assert blank == config()


def test_seeds_beside_the_checkout_are_read_where_they_are() -> None:
    beside = (CHECKOUT.parent / "shared" / "seeds").resolve()
    assert config().seed_dirs[1:] == ((beside,) if beside.is_dir() else ())


def test_relative_paths_start_at_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    read = config(DATA_DIR="data", SEED_DIRS=os.pathsep.join(["a", str(tmp_path), ""]))
    assert read.data_dir == CHECKOUT / "data"
    assert read.seed_dirs == (CHECKOUT / "a", tmp_path)
    assert read.database_url == f"sqlite:///{CHECKOUT}/data/gloss.sqlite3"
    assert config(DATABASE_URL="sqlite:///x/y.db").database_url == f"sqlite:///{CHECKOUT}/x/y.db"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "http"),
        ("PORT", "8_000"),
        ("PORT", "+80"),
        ("PORT", "٨٠٠٠"),
        ("TRUSTED_PROXIES", "-1"),
        ("TRUSTED_PROXIES", "yes"),
        ("DATE_ORDER", "ymd"),
        ("REGISTRATION", "maybe"),
        ("HOST", "127.0.0.300"),
        ("HOST", "not a host"),
        ("HOST", "http://localhost"),
        ("PUBLIC_URL", "gloss.example.org"),
        ("PUBLIC_URL", "ftp://gloss.example.org"),
        ("PUBLIC_URL", "https://gloss.example.org/notes"),
        ("PUBLIC_URL", "https://gloss.example.org?a=b"),
        ("PUBLIC_URL", "https://gloss.example.org/#top"),
        ("PUBLIC_URL", "https://gloss.example.org:99999"),
        ("PUBLIC_URL", "https://"),
        ("PUBLIC_URL", "https://[::1"),
        ("DATABASE_URL", "gloss.sqlite3"),
        ("DATABASE_URL", "mysql://localhost/gloss"),
        ("DATABASE_URL", "postgresql+asyncpg://localhost/gloss"),
        ("DATABASE_URL", "sqlite://"),
        ("DATABASE_URL", "sqlite:///:memory:"),
        ("DATABASE_URL", "postgresql://localhost:port/gloss"),
        ("DATABASE_URL", "postgresql://one:5432,two:port/gloss"),
        ("DATABASE_URL", "postgresql:///gloss?host=one:1:2&host=two"),
    ],
)
def test_a_bad_setting_is_named_with_its_value(name: str, value: str) -> None:
    message = refusal(**{name: value})
    assert message.startswith(f"{name} is {value!r}; it must be ")


def test_a_short_secret_is_refused_and_not_shown() -> None:
    message = refusal(SECRET_KEY="hunter2")
    assert message.startswith("SECRET_KEY has 7 characters; it must have at least 32")
    assert "hunter2" not in message


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://me:hunter2@localhost/gloss"),
        ("PUBLIC_URL", "https://me:hunter2@gloss.example.org"),
    ],
)
def test_a_password_is_never_shown(name: str, value: str) -> None:
    assert "hunter2" not in refusal(**{name: value})
    read = config(DATABASE_URL="postgresql://me:hunter2@localhost/gloss")
    assert read.shown_database_url == "postgresql+psycopg://me:***@localhost/gloss"
    assert "hunter2" not in repr(read)
    assert SECRET not in repr(read)


@pytest.mark.parametrize(
    ("given", "used"),
    [
        ("//u@h1:1,h2:2/db?target_session_attrs=any", "u@/db?host=h1,h2&port=1,2"),
        ("//u:a%40b@h1,h2:2/db", "u:a%40b@/db?host=h1,h2&port=5432,2"),
        ("//[::1]:1,[::2]/db", "/db?host=::1,::2&port=1,5432"),
        ("//%2Frun%2Fone,%2Frun%2Ftwo/db", "/db?host=/run/one,/run/two&port=5432,5432"),
        ("//u@/db?host=h1:1&host=h2:2", "u@/db?host=h1,h2&port=1,2"),
        ("//u@/db?host=h1&host=h2&port=1&port=2", "u@/db?host=h1,h2&port=1,2"),
        ("//u@/db?host=h1,h2&port=1,2", "u@/db?host=h1,h2&port=1,2"),
        ("//u@h1:1/db", "u@h1:1/db"),
    ],
)
def test_several_servers_of_a_database_are_named_in_any_usual_way(given: str, used: str) -> None:
    found = make_url(config(DATABASE_URL=f"postgresql:{given}").database_url)
    expected = make_url(f"postgresql+psycopg://{used}")
    assert found.difference_update_query(["target_session_attrs"]) == expected
    assert found.query.get("target_session_attrs") == ("any" if "any" in given else None)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "gloss.example"])  # noqa: S104  (read, not bound)
def test_a_host_that_others_can_reach_needs_a_secret_and_an_address(host: str) -> None:
    with pytest.raises(BadSetting, match=r"set these too, .*: SECRET_KEY, PUBLIC_URL\."):
        Config.from_env({"HOST": host})
    with pytest.raises(BadSetting, match=r": SECRET_KEY\."):
        Config.from_env({"HOST": host, "PUBLIC_URL": "https://gloss.example"})
    with pytest.raises(BadSetting, match=r": PUBLIC_URL\."):
        Config.from_env({"HOST": host, "SECRET_KEY": SECRET})
    assert Config.from_env({**NETWORK, "HOST": host}).host == host


@pytest.mark.parametrize(
    ("settings", "is_open"),
    [
        ({}, True),
        ({"HOST": "localhost"}, True),
        ({"HOST": "::1"}, True),
        ({"HOST": "127.0.0.2"}, True),
        ({"PUBLIC_URL": "https://gloss.example"}, False),
        (NETWORK, False),
        ({**NETWORK, "REGISTRATION": "open"}, True),
        ({"REGISTRATION": "closed"}, False),
    ],
)
def test_registration_is_open_only_on_ones_own_machine_unless_said(
    *, settings: dict[str, str], is_open: bool
) -> None:
    assert config(**settings).registration_open is is_open


@pytest.mark.parametrize(
    ("settings", "base"),
    [
        ({"PORT": "8123"}, "http://127.0.0.1:8123"),
        ({"HOST": "localhost"}, "http://localhost:8000"),
        ({"HOST": "::1"}, "http://[::1]:8000"),
        ({"PUBLIC_URL": "https://Gloss.Example/"}, "https://gloss.example"),
        ({"PUBLIC_URL": "http://[2001:db8::1]:8080"}, "http://[2001:db8::1]:8080"),
        (NETWORK, "https://gloss.example"),
    ],
)
def test_permalinks_stand_on_the_public_address(settings: dict[str, str], base: str) -> None:
    assert config(**settings).permalink_base == base


def test_a_folder_with_strange_characters_still_names_its_database() -> None:
    read = config(DATA_DIR="/data/50% of ?#a")
    assert read.shown_database_url.startswith("sqlite:////data/50")
    assert make_url(read.database_url).database == "/data/50% of ?#a/gloss.sqlite3"


def test_the_secret_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    first = Config.from_env({"DATA_DIR": str(folder)})
    assert len(first.secret_key) >= 32
    assert stat.S_IMODE((folder / "secret-key").stat().st_mode) == 0o600
    assert Config.from_env({"DATA_DIR": str(folder)}).secret_key == first.secret_key
    other = Config.from_env({"DATA_DIR": str(tmp_path / "other")})
    assert other.secret_key != first.secret_key


def test_starts_at_once_agree_on_the_secret(tmp_path: Path) -> None:
    for number in range(20):
        folder = tmp_path / str(number)
        with ThreadPoolExecutor(8) as threads:
            assert len(set(threads.map(keep_secret, [folder] * 8))) == 1


def test_a_given_secret_leaves_the_disk_alone(tmp_path: Path) -> None:
    config(DATA_DIR=str(tmp_path / "data"))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"short", b"\xff" * 40])
def test_a_damaged_secret_is_refused_and_left_as_it_is(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "secret-key").write_bytes(content)
    with pytest.raises(BadSetting, match="is damaged; delete the file"):
        keep_secret(tmp_path)
    assert (tmp_path / "secret-key").read_bytes() == content


def test_a_secret_that_cannot_be_kept_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadSetting, match=r"^DATA_DIR is .*/file/data, where nothing can be"):
        Config.from_env({"DATA_DIR": str(tmp_path / "file" / "data")})


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("smtp://mail.example.org", ("smtp", "mail.example.org", 587, "", "")),
        (
            "smtp://ines:p%40ss@mail.example.org:25",
            ("smtp", "mail.example.org", 25, "ines", "p@ss"),
        ),
        ("smtps://ines@mail.example.org/", ("smtps", "mail.example.org", 465, "ines", "")),
    ],
)
def test_a_mail_server_is_read_from_its_address(url: str, expected: tuple[object, ...]) -> None:
    server = config(SMTP_URL=url, MAIL_FROM="gloss@example.org").mail_server
    assert server is not None
    assert (server.scheme, server.host, server.port, server.user, server.password) == expected
    assert "p@ss" not in repr(server)


@pytest.mark.parametrize(
    ("url", "sender", "name"),
    [
        ("smtp://mail.example.org", "", "MAIL_FROM"),
        ("smtp://mail.example.org", "gloss\nBcc: x@example.org", "MAIL_FROM"),
        ("", "gloss@example.org", "MAIL_FROM"),
        ("mail.example.org:587", "gloss@example.org", "SMTP_URL"),
        ("http://mail.example.org", "gloss@example.org", "SMTP_URL"),
        ("smtp://", "gloss@example.org", "SMTP_URL"),
        ("smtp://a:secret@mail.example.org:x", "gloss@example.org", "SMTP_URL"),
        ("smtp://mail.example.org/?tls=no", "gloss@example.org", "SMTP_URL"),
    ],
)
def test_a_mail_server_that_cannot_be_used_ends_the_start(url: str, sender: str, name: str) -> None:
    with pytest.raises(BadSetting, match=f"^{name} is ") as caught:
        config(SMTP_URL=url, MAIL_FROM=sender)
    assert "secret" not in str(caught.value)


PROVIDER = {"OIDC_ISSUER": "https://login.example.org/realms/team", "OIDC_CLIENT_ID": "gloss"}


def test_a_provider_is_called_after_its_host_unless_it_has_a_name() -> None:
    provider = config(**PROVIDER).provider
    assert provider is not None
    assert (provider.name, provider.client_secret, provider.trusts_emails) == (
        "login.example.org",
        "",
        False,
    )
    named = config(**PROVIDER, OIDC_NAME="Example House", OIDC_TRUST_EMAILS="on").provider
    assert named is not None
    assert (named.name, named.trusts_emails) == ("Example House", True)
    local = config(**{**PROVIDER, "OIDC_ISSUER": "http://127.0.0.1:5000"}).provider
    assert local is not None
    assert config().provider is None
    secret = config(**PROVIDER, OIDC_CLIENT_SECRET="not to be shown")
    assert "not to be shown" not in repr(secret)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"OIDC_ISSUER": "http://login.example.org"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "login.example.org"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://[x"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://a:secret@login.example.org"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": "https://login.example.org/?realm=team"}, "OIDC_ISSUER"),
        ({"OIDC_ISSUER": ""}, "OIDC_ISSUER"),
        ({"OIDC_CLIENT_ID": ""}, "OIDC_CLIENT_ID"),
        ({"OIDC_NAME": "x" * 61}, "OIDC_NAME"),
        ({"OIDC_TRUST_EMAILS": "yes"}, "OIDC_TRUST_EMAILS"),
    ],
)
def test_a_provider_that_cannot_be_used_ends_the_start(settings: dict[str, str], said: str) -> None:
    with pytest.raises(BadSetting, match=f"^{said} is ") as caught:
        config(**{**PROVIDER, **settings})
    assert "secret" not in str(caught.value)
