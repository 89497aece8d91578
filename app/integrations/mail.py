"""Sending a message by the mail server of the settings."""

import smtplib
import ssl
import traceback
from collections.abc import Mapping
from dataclasses import field
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from types import MappingProxyType
from urllib.parse import unquote, urlsplit

from app.frozen import frozen
from app.integrations.email_addresses import address_for_mail

SECONDS = 20
PORTS = {"smtp": 587, "smtps": 465}
LOOPBACK = {"localhost", "127.0.0.1", "::1"}


@frozen
class MailServer:
    """Where messages are handed in, and from whom they come."""

    scheme: str
    host: str
    port: int
    user: str
    password: str = field(repr=False)
    sender: str

    @classmethod
    def from_url(cls, url: str, sender: str) -> "MailServer":
        """Read an address such as smtp://user:password@host:587.

        Raises: ValueError (it is none).
        """
        parts = urlsplit(url)
        is_bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
        if parts.scheme not in PORTS or not parts.hostname or not is_bare:
            raise ValueError
        return cls(
            scheme=parts.scheme,
            host=parts.hostname,
            port=parts.port or PORTS[parts.scheme],
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            sender=sender,
        )


def send_mail(
    server: MailServer,
    *,
    to: str,
    subject: str,
    text: str,
    headers: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Hand in a message. Only a server on this machine is spoken to without encryption.

    It goes to `to` alone, whatever somebody could read into that address.

    Raises: OSError (the server cannot be reached, or refuses; smtplib's errors are such),
    ValueError (`to` is no address).
    """
    recipient = address_for_mail(to)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = server.sender, recipient, subject
    message["Date"] = formatdate()
    message["Message-ID"] = make_msgid(domain=server.sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        message[name] = value
    message.set_content(text)
    with _connect(server) as connection:
        if server.user:
            connection.login(server.user, server.password)
        connection.send_message(message, to_addrs=[recipient])


def describe_failure(error: Exception) -> str:
    """Say what went wrong and where, without the error's words, which may hold an address."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} in {Path(frame.filename).name}, line {frame.lineno}"


def _connect(server: MailServer) -> smtplib.SMTP:
    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=context)
    connection = smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    if server.host not in LOOPBACK:
        try:
            connection.starttls(context=ssl.create_default_context())
        except BaseException:
            connection.close()
            raise
    return connection
