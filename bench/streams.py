"""Someone whose page stays open: a stream of live updates, read with nothing but asyncio."""

import asyncio
import json
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from tests.harness.server import LOOPBACK

LARGEST_LINE = 1 << 22  # bytes of one message


@dataclass(frozen=True, slots=True)
class Heard:
    """One message: its kind, its place in the order of events where it has one, and what it says.

    `data` is None for a sign of life.
    """

    kind: str
    id: int | None
    data: Any


class Refused(Exception):
    """The server holds no stream for this one."""


async def listen(
    port: int, *, cookie: str, account: int, place: str, after: int | None = None
) -> AsyncGenerator[Heard]:
    """Yield what comes on a stream until the server ends it; closing it drops the connection.

    Raises: Refused, OSError.
    """
    query = urlencode({"account": account, "place": place})
    request = [f"GET /live?{query} HTTP/1.1", f"Host: {LOOPBACK}", f"Cookie: {cookie}"]
    if after is not None:
        request.append(f"Last-Event-ID: {after}")
    reader, writer = await asyncio.open_connection(LOOPBACK, port, limit=LARGEST_LINE)
    try:
        writer.write("\r\n".join([*request, "", ""]).encode())
        head = await reader.readuntil(b"\r\n\r\n")
        status = int(head.split(b" ", 2)[1])
        if status != HTTPStatus.OK:
            message = f"the stream was answered with {status}"
            raise Refused(message)
        rest = b""
        while length := int(await reader.readuntil(b"\r\n"), 16):  # a chunk, RFC 9112, section 7.1
            rest += (await reader.readexactly(length + 2))[:-2]
            *messages, rest = rest.split(b"\n\n")
            for written in messages:
                yield _read(written.decode())
    except asyncio.IncompleteReadError:
        return  # the server has gone
    finally:
        writer.close()


def _read(message: str) -> Heard:
    fields = dict(line.split(": ", 1) for line in message.split("\n") if ": " in line)
    number = fields.get("id")
    data = json.loads(fields["data"]) if "data" in fields else None
    return Heard(fields.get("event", ""), int(number) if number else None, data)
