"""The children's output: to the terminal with the child's name before each line, and to a log file."""

import contextlib
import sys
import threading
from collections import deque
from pathlib import Path
from typing import IO

GREATEST_LOG = 10_000_000  # bytes; one older file is kept beside it
_terminal = threading.Lock()  # lines of two children must not mix


def log_file(directory: Path, name: str) -> Path:
    """Path of the log `name`, moved aside first where it has grown large."""
    path = directory / f"{name}.log"
    if path.exists() and path.stat().st_size > GREATEST_LOG:
        path.replace(directory / f"{name}.log.1")
    return path


def say(text: str, *, to_stdout: bool = False) -> None:
    """Print for the person at the terminal; a terminal that was closed is no reason to stop."""
    with _terminal, contextlib.suppress(OSError, ValueError):
        print(text, file=sys.stdout if to_stdout else sys.stderr, flush=True)


class Pump(threading.Thread):
    """Copies one child's output until it ends; `tail` keeps the last lines for an error message."""

    def __init__(self, name: str, source: IO[bytes], directory: Path) -> None:
        """Read lines from `source`; write them to the terminal and to `directory`/`name`.log."""
        super().__init__(daemon=True)
        self.label = name
        self.tail: deque[str] = deque(maxlen=12)
        self._source = source
        self._directory = directory
        self.start()

    def run(self) -> None:
        """Copy until end of file; a full disk loses log lines, not the child."""
        log = self._open()
        for line in self._source:
            text = line.decode(errors="replace").rstrip("\n")
            self.tail.append(text)
            say(f"{self.label:>7} | {text}")
            with contextlib.suppress(OSError):
                log.write(line)
                log.flush()
                if log.tell() > GREATEST_LOG:
                    log.close()
                    log = self._open()
        log.close()

    def _open(self) -> IO[bytes]:
        return log_file(self._directory, self.label).open("ab")
