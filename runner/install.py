"""Makes `.venv` and installs the hash-locked list; run by any Python >= 3.12, standard library only."""

import fcntl
import os
import subprocess
import sys
import time
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / ".stagecraft"
STARTED = VENV / ".installing"
PYTHON = VENV / "bin" / "python"


def main(wanted: str) -> int:
    """Bring `.venv` to the state that `wanted` (checksums and place of the checkout) stands for."""
    with (ROOT / "run").open() as lock:  # two ./run at once: the second waits, then finds all done
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _is_done(wanted):
            return 0
        started = time.monotonic()
        print("run: setting up .venv (once, well under a minute)…", flush=True)
        try:
            _make(wanted)
        except subprocess.CalledProcessError as error:
            print(_text(error.stderr or error.stdout), end="")
            print(
                f"run: set-up failed in `{' '.join(map(str, error.cmd[1:5]))} …`; see above, then try again"
            )
            return 1
        except OSError as error:
            print(f"run: set-up failed: {error}")
            return 1
        print(f"run: set up in {time.monotonic() - started:.0f} s", flush=True)
    return 0


def _is_done(wanted: str) -> bool:
    try:
        return STAMP.read_text() == wanted and _runs("import django")
    except OSError:
        return False


def _make(wanted: str) -> None:
    # A marker that was left says that an install was interrupted: packages may be half there.
    if STARTED.exists() or not _is_usable():
        # A relocatable Python that was found through a link finds its library only from where it really is.
        vars(sys)["_base_executable"] = str(Path(sys.executable).resolve())
        venv.EnvBuilder(clear=True, symlinks=True, with_pip=True).create(VENV)
    STAMP.unlink(missing_ok=True)
    STARTED.touch()
    if not (_has_uv() and _sync_with_uv()):
        print("run: uv is not to be had here; installing with pip", flush=True)
        _pip("requirements-dev.lock")
    STAMP.write_text(wanted)
    STARTED.unlink()


def _text(output: str | bytes | None) -> str:
    return output.decode(errors="replace") if isinstance(output, bytes) else output or ""


def _is_usable() -> bool:
    """Whether `.venv` was made here and by a Python that is still there."""
    check = (
        f"import pip, sys; sys.exit(sys.prefix != {str(VENV)!r} or not (3, 12) <= sys.version_info < (3, 15))"
    )
    made_here = STAMP.exists() and STAMP.read_text().endswith(f" {ROOT}")
    return made_here and _runs(check)


def _runs(code: str) -> bool:
    try:
        return (
            subprocess.run([PYTHON, "-I", "-c", code], check=False, stderr=subprocess.DEVNULL).returncode == 0
        )
    except OSError:
        return False


def _has_uv() -> bool:
    try:
        _pip("requirements-uv.lock")
    except subprocess.CalledProcessError:
        return False
    return True


def _sync_with_uv() -> bool:
    command = [str(PYTHON), "-m", "uv", "pip", "sync", "--quiet", "--require-hashes", "--python", str(PYTHON)]
    done = subprocess.run(
        [*command, "requirements-dev.lock"], check=False, cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        print(done.stderr, end="")
    return done.returncode == 0


def _pip(lock: str) -> None:
    command = [
        str(PYTHON),
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--require-hashes",
    ]
    environment = {**os.environ, "PIP_REQUIRE_VIRTUALENV": "0"}
    subprocess.run(
        [*command, "-r", lock], check=True, cwd=ROOT, capture_output=True, text=True, env=environment
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
