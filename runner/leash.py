"""Ties a command to the life of its parent, then becomes it: `python leash.py PARENT SIGNAL USER COMMAND…`.

A script of its own and not a `preexec_fn`, which may deadlock in a process with threads. On Linux the kernel
sends SIGNAL when the parent dies, however it dies; elsewhere the watchdog alone sees to it. USER is `uid:gid`
to become first, or `-`.
"""

import os
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def main(parent: int, death_signal: int, user: str, command: list[str]) -> None:
    """Become `command`, tied to the process `parent`."""
    prctl = _prctl()  # loaded while we may still read the standard library, which can lie in root's home
    if user != "-":  # before prctl: the kernel forgets the death signal when the user changes
        uid, gid = (int(part) for part in user.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    if prctl:
        prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:  # it died before it could be watched
        sys.exit(1)
    try:
        os.execv(command[0], command)  # noqa: S606  # no shell is wanted
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


def _prctl() -> Callable[[int, int], int] | None:
    if sys.platform != "linux":
        return None
    import ctypes

    return ctypes.CDLL(None, use_errno=True).prctl


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
