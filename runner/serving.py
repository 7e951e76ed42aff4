"""`serve web|worker|beat`: one process of the product in the foreground, for containers and systemd.

The commands are the demo's (services.py). This process becomes the one it starts, so signals reach that directly.
"""

import os
from collections.abc import Mapping

from runner.environment import Environment, for_services, read
from runner.paths import ROOT
from runner.problems import Refusal
from runner.services import commands

NEEDED = {
    "SECRET_KEY": "a long random text that signs sessions",
    "DATABASE_URL": "postgres://stagecraft_app:password@host:5432/stagecraft",
    "REDIS_URL": "redis://host:6379/0",
}
# The owner's role is for migrations: web, worker and beat start without it.
NOT_HERE = {"DATABASE_URL", "DATABASE_OWNER_URL"}


def main(arguments: list[str]) -> int:
    """Become the process that `arguments` names. Returns only by raising Refusal."""
    _refuse_missing(os.environ)
    environment = read({name: value for name, value in os.environ.items() if name not in NOT_HERE})
    command = command_of(arguments, environment)
    os.chdir(ROOT)  # wherever it was called from: modules are found here
    os.execve(command[0], command, {**os.environ, **for_services(environment)})  # noqa: S606 - of our own making


def command_of(arguments: list[str], environment: Environment) -> list[str]:
    """The command line of the one service that `arguments` names."""
    known = commands(environment)
    if len(arguments) != 1 or arguments[0] not in known:
        raise Refusal(f"serve takes one name: {', '.join(known)}")
    return known[arguments[0]]


def _refuse_missing(variables: Mapping[str, str]) -> None:
    for name, meaning in NEEDED.items():
        if not variables.get(name) and not variables.get(f"{name}_FILE"):
            raise Refusal(f"{name} is not set: give {meaning}, or name a file that holds it in {name}_FILE")
