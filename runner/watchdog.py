"""Ends what a killed supervisor leaves: reads `+GROUP SIGNAL` and `-GROUP` lines, acts when they end.

The pipe ends when the supervisor does, even by SIGKILL. The death signal of the leash reaches the children
themselves; this reaches their process groups (a worker's pool), insists with SIGKILL, and is all there is where
there is no prctl.
"""

import os
import signal
import sys
import time

PATIENCE = 8.0


def main() -> None:
    """Read until the supervisor closes the pipe or dies, then end the groups that are still listed."""
    for ignored in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        if line.startswith("+"):
            group, ending = line[1:].split()
            groups[int(group)] = int(ending)
        else:
            groups.pop(int(line[1:]), None)
    end_groups(groups)


def end_groups(groups: dict[int, int]) -> None:
    """Ask every group to end by its own signal, and kill after PATIENCE seconds."""
    left = {group for group, ending in groups.items() if _signal(group, ending)}
    deadline = time.monotonic() + PATIENCE
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {group for group in left if _signal(group, 0)}
    for group in left:
        _signal(group, signal.SIGKILL)


def _signal(group: int, number: int) -> bool:
    try:
        os.killpg(group, number)
    except OSError:
        return False
    return True


if __name__ == "__main__":
    main()
