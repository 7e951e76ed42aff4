"""Where things are: the checkout and what lies in a DATA_DIR."""

import json
import os
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
MANAGE = ROOT / "manage.py"
DEV_LOCK = ROOT / "requirements-dev.lock"


def write_private(path: Path, text: str) -> None:
    """Replace `path` in one step, readable by its owner alone: it holds secrets, and readers may come any time."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mkstemp makes mode 0600
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    Path(name).replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The object kept in `path`; empty where there is none or it was cut short by a power loss."""
    try:
        content = json.loads(path.read_text())
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}
