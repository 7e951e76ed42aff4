"""What a killed run can leave behind of PostgreSQL: a server about to end, or a pid file of nobody."""

import contextlib
import os
import signal
import subprocess
from pathlib import Path

from runner.processes import wait_until


def end_orphan(pid_file: Path, data: Path) -> None:
    """Clear the way for a new server; the caller holds the lock of the data directory.

    PostgreSQL itself refuses to start while *any* process has the number in its pid file, and after a restart of
    the machine or container that may well be another program.
    """
    pid = _pid_in(pid_file)
    if not pid_file.exists():
        return
    if pid and serves(pid, data):
        # Its parent is dead and it has been told so; it only needs the time.
        if not wait_until(lambda: not serves(pid, data), seconds=10):
            _signal(pid, signal.SIGQUIT)
        if not wait_until(lambda: not serves(pid, data), seconds=5):
            _signal(pid, signal.SIGKILL)
            wait_until(lambda: not serves(pid, data), seconds=5)
    if pid:
        _disown(pid_file)
    else:
        pid_file.unlink(missing_ok=True)  # cut short by a power loss: PostgreSQL refuses an empty one


def serves(pid: int, data: Path) -> bool:
    """Whether `pid` is a PostgreSQL server on the directory `data`."""
    if Path("/proc/self/cmdline").exists():
        try:
            line = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return False
    else:
        command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        line = subprocess.run(command, check=False, capture_output=True, text=True).stdout
    return "postgres" in line and str(data) in line


def _disown(pid_file: Path) -> None:
    """Name ourselves as the pid: PostgreSQL lets its parent's number pass, and still checks the shared memory.

    Removing the file would skip that check, which keeps it from starting beside backends of a killed server.
    """
    lines = pid_file.read_text().split("\n")
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]))


def _pid_in(pid_file: Path) -> int | None:
    try:
        return int(pid_file.read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _signal(pid: int, number: int) -> None:
    with contextlib.suppress(OSError):
        os.kill(pid, number)
