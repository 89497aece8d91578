"""The settings: read once from the environment, checked, and never changed afterwards."""

import fcntl
import ipaddress
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from app.core.database_urls import driver_url
from app.core.logs import LogFormat
from app.integrations.fetching import FetchRules, IpNetwork
from app.integrations.mail import MailServer
from app.integrations.oidc import Provider, is_confidential
from app.text.dates import DateOrder
from app.text.limits import Limits

CHECKOUT = Path(__file__).resolve().parents[1]
SECRET_FILE = "secret-key"  # noqa: S105  (the file's name, not what it holds)
SECRET_CHARACTERS_AT_LEAST = 32
PORT_AT_MOST = 65_535
PROXIES_AT_MOST = 10
MEGABYTE = 1_000_000
PROVIDER_NAME_LIMIT = 60
ISSUER_LIMIT = 255  # as it is kept with each identity
FILE_MB = 50  # less than a request may bring

_HOST_NAME = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*\.?")
_DRIVERS = {"sqlite", "sqlite+pysqlite", "postgresql+psycopg"}


class BadSetting(Exception):
    """A setting that cannot be used; the message names it, its value and what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Every setting, checked. Paths are absolute; `public_url` is "" or has no closing slash."""

    data_dir: Path
    host: str
    port: int
    database_url: str = field(repr=False)
    seed_dirs: tuple[Path, ...]
    secret_key: str = field(repr=False)
    key_file: Path | None
    """Where the secret key is kept; None where SECRET_KEY gives it."""
    public_url: str
    trusted_proxies: int
    date_order: DateOrder
    registration_open: bool
    fetch_rules: FetchRules
    limits: Limits
    mail_server: MailServer | None
    provider: Provider | None
    log_format: LogFormat

    @classmethod
    def from_env(cls, environ: Mapping[str, str]) -> Self:
        """Read the settings; one that is empty or blank counts as not given.

        Touches the disk only where SECRET_KEY is not given: the key is then read from DATA_DIR,
        or made there.

        Raises: BadSetting.
        """
        given = {name: value.strip() for name, value in environ.items() if value.strip()}
        data_dir = _path(given.get("DATA_DIR", "instance"))
        host = _host(given.get("HOST", "127.0.0.1"))
        public_url = _public_url(given.get("PUBLIC_URL", ""))
        secret_key = _secret_key(given.get("SECRET_KEY", ""))
        if not _is_loopback(host):
            _require_for_the_network(host, given)
        return cls(
            data_dir=data_dir,
            host=host,
            port=_number("PORT", given.get("PORT", "8000"), 1, PORT_AT_MOST),
            database_url=_database_url(given.get("DATABASE_URL", ""), data_dir),
            seed_dirs=_seed_dirs(given.get("SEED_DIRS", "")),
            public_url=public_url,
            trusted_proxies=_number(
                "TRUSTED_PROXIES", given.get("TRUSTED_PROXIES", "0"), 0, PROXIES_AT_MOST
            ),
            date_order=DateOrder(_choice("DATE_ORDER", given, list(DateOrder), DateOrder.MDY)),
            registration_open=_choice(
                "REGISTRATION",
                given,
                ["open", "closed"],
                "open" if _is_loopback(host) and not public_url else "closed",
            )
            == "open",
            fetch_rules=FetchRules(
                is_on=_choice("FETCH_URLS", given, ["on", "off"], "on") == "on",
                networks=_networks(given.get("FETCH_NETWORKS", "")),
            ),
            limits=_limits(given),
            mail_server=_mail_server(given.get("SMTP_URL", ""), given.get("MAIL_FROM", "")),
            provider=_provider(given),
            log_format=LogFormat(_choice("LOG_FORMAT", given, list(LogFormat), LogFormat.TEXT)),
            secret_key=secret_key or keep_secret(data_dir),
            key_file=None if secret_key else data_dir / SECRET_FILE,
        )

    @property
    def permalink_base(self) -> str:
        """What a permalink stands on: a scheme and host, without a closing slash."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def shown_database_url(self) -> str:
        """The address of the database as it may be shown, without a password."""
        return make_url(self.database_url).render_as_string(hide_password=True)


def keep_secret(folder: Path) -> str:
    """Read the secret key of the folder, or make it once, for its owner alone (mode 0600).

    Two starts at once get the same key. One that is there is read where nothing can be written.

    Raises: BadSetting (there is none and none can be made, or the key in it is damaged).
    """
    file = folder / SECRET_FILE
    try:
        secret = _read_secret(file) or _make_secret(file)
    except OSError as error:
        message = f"DATA_DIR is {folder}, where nothing can be written: {error.strerror}."
        raise BadSetting(message) from error
    except UnicodeDecodeError as error:
        raise BadSetting(_damaged(file)) from error
    if len(secret) < SECRET_CHARACTERS_AT_LEAST:
        raise BadSetting(_damaged(file))
    return secret


def _read_secret(file: Path) -> str:
    """Return the key in a file, "" where there is no file or it is still empty."""
    try:
        with file.open(encoding="ascii") as opened:
            fcntl.flock(opened, fcntl.LOCK_SH)  # until whoever makes it has written it
            return opened.read().strip()
    except FileNotFoundError:
        return ""


def _make_secret(file: Path) -> str:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "r+", encoding="ascii") as opened:
        # The lock, not the file's existence, says who makes the key: whoever sees the file first
        # may see it empty.
        fcntl.flock(opened, fcntl.LOCK_EX)
        secret = opened.read().strip()
        if not secret:
            secret = secrets.token_urlsafe(48)
            opened.write(secret + "\n")
            opened.flush()
            os.fsync(opened.fileno())
    return secret


def _damaged(file: Path) -> str:
    return (
        f"The secret key in {file} is damaged; delete the file to have a new one made"
        " (everybody signs in again), or set SECRET_KEY."
    )


def _path(value: str) -> Path:
    return (CHECKOUT / Path(value).expanduser()).resolve()


def _number(name: str, value: str, least: int, most: int) -> int:
    # int() would also take "1_000", "+5" and the digits of other scripts.
    if re.fullmatch(r"[0-9]{1,9}", value) and least <= int(value) <= most:
        return int(value)
    message = f"{name} is {value!r}; it must be a whole number from {least} to {most}."
    raise BadSetting(message)


def _choice(name: str, given: Mapping[str, str], allowed: Sequence[str], default: str) -> str:
    value = given.get(name, default)
    if value not in allowed:
        message = f"{name} is {value!r}; it must be one of these: {', '.join(allowed)}."
        raise BadSetting(message)
    return value


def _limits(given: Mapping[str, str]) -> Limits:
    usual = Limits()
    megabytes = _number(
        "MAX_FILE_MB", given.get("MAX_FILE_MB", f"{usual.packed_bytes // MEGABYTE}"), 1, FILE_MB
    )
    return replace(
        usual,
        packed_bytes=megabytes * MEGABYTE,
        file_bytes=min(usual.file_bytes, megabytes * MEGABYTE),
        text=_number("MAX_TEXT", given.get("MAX_TEXT", f"{usual.text}"), 1_000, usual.text),
        archive_files=_number(
            "MAX_ARCHIVE_FILES", given.get("MAX_ARCHIVE_FILES", f"{usual.archive_files}"), 1, 10_000
        ),
    )


def _networks(value: str) -> tuple[IpNetwork, ...]:
    try:
        return tuple(
            ipaddress.ip_network(part.strip()) for part in value.split(",") if part.strip()
        )
    except ValueError:
        message = (
            f"FETCH_NETWORKS is {value!r}; it must be networks such as 10.1.0.0/16, by commas."
        )
        raise BadSetting(message) from None


def _mail_server(url: str, sender: str) -> MailServer | None:
    if not url and not sender:
        return None
    if not url or not re.fullmatch(r"[!-?A-~]+@[!-?A-~]+", sender):
        message = f"MAIL_FROM is {sender!r}; it must be an email address, and needs SMTP_URL."
        raise BadSetting(message)
    try:
        return MailServer.from_url(url, sender)
    except ValueError:
        message = (
            f"SMTP_URL is {_without_password(url)!r}; it must be smtp://USER:PASSWORD@HOST:PORT"
            " or smtps://USER:PASSWORD@HOST:PORT."
        )
        raise BadSetting(message) from None


def _provider(given: Mapping[str, str]) -> Provider | None:
    trusts_emails = _choice("OIDC_TRUST_EMAILS", given, ["on", "off"], "off") == "on"
    issuer, client_id = given.get("OIDC_ISSUER", ""), given.get("OIDC_CLIENT_ID", "")
    secret, name = given.get("OIDC_CLIENT_SECRET", ""), given.get("OIDC_NAME", "")
    if not issuer:
        if client_id or secret or name:
            message = "OIDC_ISSUER is not set, which the other settings of the provider need."
            raise BadSetting(message)
        return None
    try:
        parts = urlsplit(issuer)
        host = parts.hostname or ""
    except ValueError:
        parts, host = urlsplit(""), ""
    is_bare = not parts.query and not parts.fragment and not parts.username
    if not host or not is_bare or not is_confidential(issuer) or len(issuer) > ISSUER_LIMIT:
        message = (
            f"OIDC_ISSUER is {_without_password(issuer)!r}; it must be the https:// address of an"
            " OpenID Connect provider, such as https://login.example.org/realms/team."
        )
        raise BadSetting(message)
    if not client_id:
        message = "OIDC_CLIENT_ID is not set: the provider gives one to each application."
        raise BadSetting(message)
    if len(name) > PROVIDER_NAME_LIMIT:
        message = f"OIDC_NAME is {name!r}; it must have at most {PROVIDER_NAME_LIMIT} characters."
        raise BadSetting(message)
    return Provider(issuer, client_id, secret, name or host, trusts_emails)


def _host(value: str) -> str:
    try:
        ipaddress.ip_address(value)
    except ValueError:
        # All digits and dots, and yet no address: a slip of the finger, not a name.
        if not _HOST_NAME.fullmatch(value) or re.fullmatch(r"[0-9.]+", value):
            message = f"HOST is {value!r}; it must be an IP address or the name of a host."
            raise BadSetting(message) from None
    return value


def _is_loopback(host: str) -> bool:
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _require_for_the_network(host: str, given: Mapping[str, str]) -> None:
    missing = [name for name in ("SECRET_KEY", "PUBLIC_URL") if name not in given]
    if missing:
        message = (
            f"HOST is {host!r}, which others can reach: set these too, or leave HOST at"
            f" 127.0.0.1: {', '.join(missing)}."
        )
        raise BadSetting(message)


def _public_url(value: str) -> str:
    if not value:
        return ""
    try:
        parts = urlsplit(value)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        parts, host, port = urlsplit(""), "", None
    origin = f"{parts.scheme}://{f'[{host}]' if ':' in host else host}"
    origin += "" if port is None else f":{port}"
    is_host = ":" in host or bool(_HOST_NAME.fullmatch(host))
    # What is put together again must be what was given: no user, path, query or fragment.
    if parts.scheme in {"http", "https"} and is_host and value.removesuffix("/").lower() == origin:
        return origin
    message = (
        f"PUBLIC_URL is {_without_password(value)!r}; it must be http:// or https:// with a host"
        " and, where needed, a port, and no path, such as https://gloss.example.org."
    )
    raise BadSetting(message)


def _secret_key(value: str) -> str:
    if value and len(value) < SECRET_CHARACTERS_AT_LEAST:
        message = (
            f"SECRET_KEY has {len(value)} characters;"
            f" it must have at least {SECRET_CHARACTERS_AT_LEAST}, chosen at random."
        )
        raise BadSetting(message)
    return value


def _database_url(value: str, data_dir: Path) -> str:
    if not value:
        return _sqlite_url(data_dir / "gloss.sqlite3")
    try:
        url = make_url(driver_url(value))
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.drivername not in _DRIVERS or (_is_sqlite(url) and not _names_file(url)):
        message = (
            f"DATABASE_URL is {_without_password(value)!r}; it must be sqlite:///FILE or"
            " postgresql://USER:PASSWORD@HOST:PORT/NAME."
        )
        raise BadSetting(message)
    if _is_sqlite(url):
        return _sqlite_url(_path(str(url.database)))
    return url.render_as_string(hide_password=False)


def _is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def _names_file(url: URL) -> bool:
    # A database in memory would be another one for each thread.
    name = url.database or ""
    return bool(name) and name != ":memory:" and not name.startswith("file:") and not url.query


def _sqlite_url(file: Path) -> str:
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)


def _without_password(url: str) -> str:
    return re.sub(r"//.*@", "//***@", url)


def _seed_dirs(value: str) -> tuple[Path, ...]:
    if value:
        return tuple(_path(folder) for folder in value.split(os.pathsep) if folder.strip())
    beside = _path("../shared/seeds")
    return (_path("seeds"), *([beside] if beside.is_dir() else []))
