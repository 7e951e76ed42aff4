"""`./run bench NAME …`: a benchmark of `benchmarks/`, on the demo's servers, in a database of its own."""

import os
import sys

from runner import external
from runner.environment import for_children, read
from runner.management import run_attached
from runner.paths import ROOT
from runner.problems import Refusal
from runner.servers import Servers

PLACE = ROOT / "benchmarks"
ALL = "all"


def main(arguments: list[str]) -> int:
    """Run the benchmark named, or all in turn; the rest of the arguments is theirs. Returns the first failure's code."""
    names = names_of(arguments[:1])
    environment = read(os.environ)
    servers = Servers(environment)
    external.check(environment)
    try:
        servers.attach()
        env = for_children(environment, servers.urls)
        for name in names:
            code = run_attached([sys.executable, str(PLACE / f"{name}.py"), *arguments[1:]], env, cwd=ROOT)
            if code:
                return code
        return 0
    finally:
        servers.release()


def names_of(asked: list[str]) -> list[str]:
    """The benchmarks asked for. Raises Refusal for none, or one that there is not."""
    known = sorted(path.stem for path in PLACE.glob("[!_]*.py"))
    if asked == [ALL]:
        return known
    if not asked or asked[0] not in known:
        raise Refusal(f"name a benchmark: {', '.join(known)}, or {ALL}")
    return asked
