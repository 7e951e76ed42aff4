"""Child processes that end with us: started in sessions of their own, on a leash, under a watchdog.

Start children from the main thread only: the kernel's death signal follows the *thread* that made the child.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
QUICK_PYTHON = [sys.executable, "-I", "-S"]


def leashed(command: Sequence[str], *, death_signal: int = signal.SIGTERM, user: str = "-") -> list[str]:
    """`command` as it is to be started to end when this process does."""
    program = shutil.which(command[0]) or command[0]
    leash = [*QUICK_PYTHON, str(HERE / "leash.py"), str(os.getpid()), str(int(death_signal)), user]
    return [*leash, program, *command[1:]]


class Watchdog:
    """The process that ends our children's process groups if we are killed."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [*QUICK_PYTHON, str(HERE / "watchdog.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            text=True,
        )

    def watch(self, group: int, ending: int) -> None:
        """End `group` with the signal `ending` should we die."""
        self._tell(f"+{group} {int(ending)}\n")

    def forget(self, group: int) -> None:
        """The group has ended; its number may be given to others."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """Let the watchdog go; what it still watches it ends."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, line: str) -> None:
        # A watchdog that was killed costs the second line of defence, not the demo.
        with contextlib.suppress(OSError):
            if self._process.stdin:
                self._process.stdin.write(line)
                self._process.stdin.flush()


class Child:
    """One running child with its process group."""

    def __init__(
        self,
        command: Sequence[str],
        watchdog: Watchdog,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        output: IO[bytes] | int,
        stdin: bytes | None = None,
        ending: int = signal.SIGTERM,
        user: str = "-",
    ) -> None:
        """Start `command`; `ending` is the signal that asks it to stop, `stdin` is what it reads at start."""
        self._watchdog = watchdog
        self._ending = ending
        self.process = subprocess.Popen(
            leashed(command, death_signal=ending, user=user),
            env=dict(env) if env is not None else None,
            cwd=cwd,
            stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        watchdog.watch(self.process.pid, ending)
        if stdin is not None and self.process.stdin:
            with contextlib.suppress(BrokenPipeError), self.process.stdin as pipe:
                pipe.write(stdin)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Send the ending signal to the child itself, which sees to its own children."""
        if self.is_running:
            self.process.send_signal(self._ending)

    def stop(self, *, patience: float) -> None:
        """Ask, wait `patience` seconds, then kill whatever is left of the group."""
        self.ask_to_stop()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(patience)
        self.bury()

    def bury(self) -> None:
        """Kill what is left of the group, so that an orphan holds neither port nor queue."""
        with contextlib.suppress(OSError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self._watchdog.forget(self.process.pid)


@contextlib.contextmanager
def stop_signals() -> Iterator[list[int]]:
    """Collect stop signals in a list instead of acting on them; callers look between two steps."""
    received: list[int] = []
    numbers = [signal.SIGINT, signal.SIGTERM]
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asks to outlive the terminal
        numbers.append(signal.SIGHUP)
    before = {number: signal.signal(number, lambda got, _: received.append(got)) for number in numbers}
    try:
        yield received
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_until(condition: Callable[[], bool], *, seconds: float, step: float = 0.05) -> bool:
    """Poll `condition` until it holds or `seconds` have passed."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(step)
    return True
