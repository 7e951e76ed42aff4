"""Chromium against the live site. Every page that a test opens must leave the console without an error."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import connections
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from deals.models import Deal
from deals.services.dispatch_events import dispatch_events
from tenancy.models import Membership
from tenancy.scope import workspace_scope
from tests.browser.board import BoardPage
from tests.factories import Cast, make_deal
from tests.live.conftest import site  # noqa: F401 - a fixture, for pages that hear of changes

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LOCALES = {"ko": "ko-KR", "en": "en-GB"}

expect.set_options(timeout=8_000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "/tests/browser/" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    executable = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not executable:
        pytest.fail("Browser tests need Chromium: install it, or set CHROMIUM to its path.", pytrace=False)
    # With what was given on the command line: --headed, --slowmo.
    return {**browser_type_launch_args, "executable_path": executable, "args": FLAGS}


class Visits:
    """Opens pages as people of the cast, each in a browser context of its own, and gathers what goes wrong in them."""

    def __init__(self, browser: Browser, address: str, cast: Cast) -> None:
        self.browser = browser
        self.address = address
        self.cast = cast
        self.contexts: list[BrowserContext] = []
        self.problems: list[str] = []
        self.allowed: list[str] = []

    def context(self, *, language: str = "ko", dark: bool = False, **options: Any) -> BrowserContext:
        options = {"viewport": {"width": 1440, "height": 900}, "reduced_motion": "reduce"} | options
        context = self.browser.new_context(
            base_url=self.address,
            locale=LOCALES[language],
            color_scheme="dark" if dark else "light",
            **options,
        )
        context.set_default_timeout(10_000)
        self.contexts.append(context)
        return context

    def page(self, who: str | None = "rep", **options: Any) -> Page:
        """A fresh page, logged in as `who` without the form."""
        context = self.context(**options)
        if who:
            client = Client()
            client.force_login(member_user(getattr(self.cast, who)))
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": self.address}])
        page = context.new_page()
        page.on("console", self.note_console)
        page.on("pageerror", lambda error: self.note(f"uncaught: {error}"))
        return page

    def board(self, who: str = "rep", path: str = "/w/acme/board/", **options: Any) -> BoardPage:
        page = self.page(who, **options)
        page.goto(path)
        return BoardPage(page)

    def note_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.note(message.text)

    def note(self, problem: str) -> None:
        if not any(part in problem for part in self.allowed):
            self.problems.append(problem)

    def allow(self, *parts: str) -> None:
        """What a test causes on purpose."""
        self.allowed += parts


def member_user(member: Membership) -> Any:
    assert member.user is not None
    return member.user


class Traffic:
    """Counts the requests that the live server is answering."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.under_way = 0
        request_started.connect(self._started)
        request_finished.connect(self._finished)

    def _started(self, **_: Any) -> None:
        with self._lock:
            self.under_way += 1

    def _finished(self, **_: Any) -> None:
        with self._lock:
            self.under_way -= 1

    def settle(self, *, seconds: float = 5, quiet: float = 0.15) -> None:
        """Wait until none has been under way for a moment."""
        deadline = time.monotonic() + seconds
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < quiet and time.monotonic() < deadline:
            if self.under_way > 0:
                quiet_since = time.monotonic()
            time.sleep(0.01)


@pytest.fixture(scope="session")
def traffic() -> Traffic:
    return Traffic()


@pytest.fixture
def visits(browser: Browser, committed_cast: Cast, live_server: Any, traffic: Traffic) -> Iterator[Visits]:
    traffic.under_way = 0
    opened = Visits(browser, live_server.url, committed_cast)
    yield opened
    # Before the tables are emptied: a page still open would ask for more, and an answer on its way holds locks.
    for context in opened.contexts:
        context.close()
    traffic.settle()
    assert opened.problems == []


@pytest.fixture
def deal_of(committed_cast: Cast) -> Callable[..., Deal]:
    """Make a deal whose stage's tasks are there already."""

    def make(*, who: str = "rep", **fields: Any) -> Deal:
        with workspace_scope(committed_cast.workspace.pk):
            fields.setdefault("owner", getattr(committed_cast, who))
            deal = make_deal(actor=committed_cast.actor(who), **fields)
        dispatch_events(workspace_id=committed_cast.workspace.pk)
        return deal

    return make


@contextmanager
def running_worker(workspace_id: Any) -> Iterator[None]:
    """The worker's own dispatching, in a thread beside the site: what a wake-up would start."""
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.1):
            dispatch_events(workspace_id=workspace_id)
        connections.close_all()

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


@pytest.fixture
def worker(committed_cast: Cast) -> Iterator[None]:
    with running_worker(committed_cast.workspace.pk):
        yield
