"""A mail server of a few lines, which can be told to misbehave."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import BinaryIO


@dataclass
class MailServer:
    """`moods` says by address (or "*") what becomes of a mail: "hang", "drop", or a reply such as "550 no such user".

    "drop": the connection ends after the mail was taken, before it was acknowledged.
    """

    port: int = 0
    moods: dict[str, str] = field(default_factory=dict)
    greeting: str = "220 ready"
    received: list[EmailMessage] = field(default_factory=list)
    connections: int = 0

    def settings(self) -> dict[str, dict[str, object]]:
        """For `settings.MAILERS`."""
        options = {"host": "127.0.0.1", "port": self.port, "timeout": 0.4}
        return {"default": {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}}

    def to(self, address: str) -> list[EmailMessage]:
        return [mail for mail in self.received if mail["To"] == address]

    def serve(self, connection: socket.socket) -> None:
        with suppress(OSError), connection, connection.makefile("rb") as lines:
            self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: BinaryIO) -> None:
        def reply(text: str) -> None:
            connection.sendall(text.encode() + b"\r\n")

        if self.greeting == "hang":
            lines.read()
            return
        reply(self.greeting)
        mood = ""
        for line in lines:
            command = line.decode().strip().upper()
            if command.startswith("RCPT"):
                mood = self._mood_for(line.decode())
                reply(mood if mood[:3] in ("550", "421") else "250 fine")
            elif command == "DATA":
                reply("354 go on")
                body = b"".join(iter(lines.readline, b".\r\n"))
                if not self._takes(body, mood, lines):
                    return
                reply(mood if mood.startswith("451") else "250 taken")
            else:
                reply("250 fine")

    def _mood_for(self, line: str) -> str:
        address = line.split("<")[1].split(">", maxsplit=1)[0]
        return self.moods.get(address, self.moods.get("*", ""))

    def _takes(self, body: bytes, mood: str, lines: BinaryIO) -> bool:
        """Keep the mail if the mood allows; tell whether the talk goes on."""
        if mood == "hang":
            lines.read()
            return False
        if not mood.startswith("451"):
            self.received.append(message_from_bytes(body, policy=policy.default))
        return mood != "drop"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = MailServer(port=listener.getsockname()[1])
    ended = threading.Event()

    def accept() -> None:
        while not ended.is_set():
            with suppress(OSError):
                connection, _address = listener.accept()
                server.connections += 1
                threading.Thread(target=server.serve, args=(connection,), daemon=True).start()

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    yield server
    ended.set()
    with suppress(OSError):
        listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)
