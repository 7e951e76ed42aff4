"""Django set up from the environment, and the repository on the path: imported first by every benchmark."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()


@contextmanager
def scratch_database() -> Iterator[None]:
    """A database of the benchmark's own beside the configured one, made by the owner and used through the application.

    Thrown away at the end: taking a hundred thousand deals out of a table again takes far longer.
    """
    from django.conf import settings
    from django.db import connections

    owner, default = connections["owner"], connections["default"]
    real = owner.settings_dict["NAME"]
    for alias in ("owner", "default"):
        connections[alias].settings_dict.setdefault("TEST", {})["NAME"] = f"bench_{real}_{os.getpid()}"
    with redirect_stdout(io.StringIO()):
        owner.creation.create_test_db(verbosity=0, autoclobber=True)
    default.close()
    default.settings_dict["NAME"] = settings.DATABASES["default"]["NAME"] = owner.settings_dict["NAME"]
    try:
        yield
    finally:
        default.close()
        owner.creation.destroy_test_db(real, verbosity=0)
