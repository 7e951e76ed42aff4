"""`alive web|worker|beat`: is the process beside us at work? For health checks: one line, exit code 0 or 1."""

import os
import time
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path

from runner.announcement import health
from runner.environment import read
from runner.problems import Failure, Refusal
from runner.serving import NOT_HERE

# Worker and beat give a sign every few seconds; a busy machine may keep them from it for a while.
PATIENCE_SECONDS = 60.0


def main(arguments: list[str]) -> int:
    """0 when it is at work; raises Failure with the reason when not."""
    if arguments == ["web"]:
        print(_look_at_web(os.environ))
    elif arguments in (["worker"], ["beat"]):
        print(_look_at_sign(arguments[0], os.environ.get("ALIVE_FILE", "")))
    else:
        raise Refusal("alive takes one name: web, worker, beat")
    return 0


def _look_at_web(variables: Mapping[str, str]) -> str:
    """The site answers; whether what it stands on is there as well is told by /readyz."""
    status = health(read({name: value for name, value in variables.items() if name not in NOT_HERE}))
    if status != HTTPStatus.OK:
        raise Failure(f"web does not answer /healthz ({status or 'no connection'})")
    return "web answers"


def _look_at_sign(name: str, path: str) -> str:
    """The time of the last sign of life (config/vitals.py), which a process that hangs does not set any more."""
    if not path:
        raise Refusal(f"ALIVE_FILE is not set: {name} gives its signs of life there")
    try:
        age = time.time() - Path(path).stat().st_mtime
    except OSError as error:
        raise Failure(f"{name} has given no sign of life yet ({path}: {error.strerror})") from error
    if age > PATIENCE_SECONDS:
        raise Failure(f"{name} gave its last sign of life {age:.0f} s ago")
    return f"{name} gave a sign of life {max(age, 0):.0f} s ago"
