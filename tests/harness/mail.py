"""A mail server that keeps what is handed in, for as long as a test asks."""

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from queue import Queue

SECONDS = 10


class _Dialogue(socketserver.StreamRequestHandler):
    """RFC 5321, as much of it as handing in one message takes."""

    def handle(self) -> None:
        assert isinstance(self.server, MailBox)
        self.wfile.write(b"220 ready\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.server.messages.put(message_from_bytes(self._read_text(), policy=default))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 good\r\n")
            if word == b"QUIT":
                return

    def _read_text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:  # b"": it hung up
            lines.append(line)
        return b"".join(lines)


class MailBox(socketserver.ThreadingTCPServer):
    """The server, and the messages that came, in their order."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Dialogue)
        self.messages: Queue[Message] = Queue()

    @property
    def url(self) -> str:
        """Return its address, as the setting SMTP_URL has it."""
        return f"smtp://127.0.0.1:{self.server_address[1]}"

    def next_message(self) -> EmailMessage:
        """Wait for a message and return it.

        Raises: queue.Empty (none came).
        """
        message = self.messages.get(timeout=SECONDS)
        assert isinstance(message, EmailMessage)
        return message


@contextmanager
def running_mail_box() -> Iterator[MailBox]:
    """Give a mail server on a port of its own, until the block ends."""
    with MailBox() as box:
        thread = threading.Thread(target=box.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield box
        finally:
            box.shutdown()
            thread.join()
