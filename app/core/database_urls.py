"""A database's address: the forms in which it may be given, and the one in which it is used."""

import re
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import unquote

from sqlalchemy import URL, make_url

DEFAULT_PORT = "5432"

# Several servers, of which one is taken, as libpq writes them. See
# https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS.
_SEVERAL = re.compile(r"([^:/?]+://(?:[^/?]*@)?)([^/?@]*,[^/?@]*)((?:[/?].*)?)")
_HOST = re.compile(r"(\[[^][]+\]|[^][:]*)(?::([0-9]*))?")


def driver_url(url: str) -> str:
    """Name the driver that we install in a plain `postgresql:` or `postgres:` URL.

    Several servers may stand in it as libpq writes them (`//h1:1,h2:2/db`) or as SQLAlchemy does
    (`//db?host=h1:1&host=h2:2`); they come back as both understand them (`?host=h1,h2&port=1,2`).

    Raises: sqlalchemy.exc.ArgumentError, ValueError (not a database URL).
    """
    several = _SEVERAL.fullmatch(url)
    parsed = make_url(several[1] + several[3] if several else url)
    if parsed.drivername in {"postgres", "postgresql"}:
        parsed = parsed.set(drivername="postgresql+psycopg")
    hosts = unquote(several[2]).split(",") if several else parsed.query.get("host")
    if hosts is not None and not isinstance(hosts, str):
        parsed = _with_hosts(parsed, hosts)
    return parsed.render_as_string(hide_password=False)


def sqlite_path(url: str) -> Path | None:
    """Return the file of a SQLite URL, or None for another database or one in memory."""
    parsed = make_url(driver_url(url))
    if parsed.get_backend_name() != "sqlite" or parsed.database in {None, "", ":memory:"}:
        return None
    return Path(str(parsed.database))


def _with_hosts(url: URL, hosts: Sequence[str]) -> URL:
    given = url.query.get("port", DEFAULT_PORT)
    others = [given] * len(hosts) if isinstance(given, str) else given
    found = [_HOST.fullmatch(host) for host in hosts]
    names = [host[1].strip("[]") for host in found if host]
    ports = [host[2] or other for host, other in zip(found, others, strict=False) if host]
    if not len(names) == len(ports) == len(hosts):
        message = f"{','.join(hosts)} are not the addresses of servers"
        raise ValueError(message)
    return url.update_query_dict({"host": ",".join(names), "port": ",".join(ports)})
