"""Which database role does what."""

from typing import Any


class OwnerRouter:
    """Tables are made by the owner's connection alone; the application reads and writes through `default`."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        return db == "owner"
