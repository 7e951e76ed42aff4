"""The board as a test handles it: cards and columns by the names that a person reads."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

SAVING = re.compile(r"\bis-saving\b")  # a class of a card on its way to the server


@dataclass(frozen=True, slots=True)
class Totals:
    """What a column's head holds in its data attributes."""

    count: int
    amount: int
    weighted: int


@dataclass(slots=True)
class BoardPage:
    page: Page

    def column(self, stage: int) -> Locator:
        """By its place from the left."""
        return self.page.locator("[data-stage-id]").nth(stage)

    def card(self, name: str) -> Locator:
        link = self.page.locator("[data-open-deal]", has_text=name)
        return self.page.locator("[data-board] [data-deal-id]", has=link)

    def in_column(self, name: str, stage: int) -> Locator:
        return self.column(stage).locator("[data-deal-id]", has_text=name)

    def expect_order(self, stage: int, names: list[str]) -> None:
        expect(self.column(stage).locator(".name")).to_have_text(names)

    def expect_totals(self, stage: int, totals: Totals) -> None:
        column = self.column(stage)
        for name in ("count", "amount", "weighted"):
            expect(column.locator(f"[data-stage-{name}]")).to_have_attribute(
                f"data-stage-{name}", str(getattr(totals, name))
            )

    def drag(self, name: str, target: Locator) -> None:
        self.card(name).drag_to(target, steps=10)

    @property
    def refused(self) -> Locator:
        return self.page.locator("dialog[data-refused]")

    @property
    def notice(self) -> Locator:
        return self.page.locator("#notices .notice")

    @property
    def panel(self) -> Locator:
        return self.page.locator("#panel")
