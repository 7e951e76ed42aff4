"""What is wrong with one row."""

from __future__ import annotations


class RowProblem(Exception):
    """`field` is one of mapping.FIELDS; empty where the row as a whole is wrong."""

    def __init__(self, field: str, reason: object) -> None:
        super().__init__(field, reason)
        self.field = field
        self.reason = str(reason)
