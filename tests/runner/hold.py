"""Uses servers until killed: for the test of what a killed user leaves."""

import time

from runner.environment import read
from runner.servers import Servers


def hold(data_dir: str) -> None:
    """Attach, say so, and stay."""
    Servers(read({"DATA_DIR": data_dir}), throwaway=True).attach()
    print("attached", flush=True)  # noqa: T201  # read by the test
    time.sleep(600)
