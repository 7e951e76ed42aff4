"""Remembers that the embedded database has all migrations and the static files are collected.

So a manage command need not look each time, and web may start beside the preparation. It reads the list of static files
once, at its start: begun before a changed file is collected, it would go on serving the old one.
"""

from hashlib import sha256
from pathlib import Path

from runner.environment import Environment
from runner.paths import DEV_LOCK, ROOT
from runner.servers import Servers

LOCK = "prepare.lock"
MARKER = Path("postgres") / "prepared.sha256"


def is_noted(environment: Environment) -> bool:
    """Whether all was prepared with the migrations and static files that the checkout has now."""
    marker = environment.data_dir / MARKER
    return marker.exists() and marker.read_text() == _fingerprint()


def note(environment: Environment, servers: Servers) -> None:
    """Remember it, beside the embedded database and for that alone."""
    if servers.has_embedded_database:
        (environment.data_dir / MARKER).write_text(_fingerprint())


def forget(environment: Environment) -> None:
    """The next command has to look: someone migrates by hand."""
    (environment.data_dir / MARKER).unlink(missing_ok=True)


def _fingerprint() -> str:
    """Of our migrations, of the packages, which bring their own, and of the static files' names, sizes and times."""
    digest = sha256(DEV_LOCK.read_bytes())
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    for path in sorted((ROOT / "static").rglob("*")):
        state = path.stat()
        digest.update(f"{path.relative_to(ROOT)} {state.st_size} {state.st_mtime_ns}".encode())
    return digest.hexdigest()
