"""File locks (flock): the kernel frees them when their process dies, however it dies, so none goes stale."""

import fcntl
import os
from pathlib import Path


class FileLock:
    """An advisory lock on a file. Not inherited by child processes (Python's descriptors close on exec)."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, *, shared: bool = False, wait: bool = True) -> bool:
        """Take the lock, or change a held one between shared and exclusive; False if busy and not to wait."""
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(self._descriptor, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def free(self) -> None:
        """Let go; closing the descriptor does it."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> "FileLock":
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.free()


def is_held(path: Path) -> bool:
    """Whether a living process holds the lock on `path`."""
    probe = FileLock(path)
    try:
        return path.exists() and not probe.take(wait=False)
    finally:
        probe.free()
