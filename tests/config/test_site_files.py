"""What programs fetch from the root of the site, and the icons that pages name."""

from __future__ import annotations

import re
import struct
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.test import Client

# No database fixture: none of these may ask for anything.


def test_search_engines_are_kept_out(client: Client) -> None:
    answer = client.get("/robots.txt")
    assert (answer.content, answer.headers["Content-Type"]) == (b"User-agent: *\nDisallow: /\n", "text/plain")


def test_a_browser_that_guesses_finds_the_icon(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert answer.status_code == 302
    assert client.get(answer.headers["Location"]).status_code == 200


def test_the_manifest_names_icons_of_the_sizes_that_it_says(client: Client) -> None:
    answer = client.get("/site.webmanifest")
    assert answer.headers["Content-Type"] == "application/manifest+json"
    manifest = answer.json()
    assert (manifest["start_url"], manifest["display"]) == ("/", "minimal-ui")
    for icon in manifest["icons"]:
        file = client.get(icon["src"])
        assert file.headers["Content-Type"].startswith(icon["type"])
        if icon["type"] == "image/png":
            width, height = struct.unpack(">II", file.getvalue()[16:24])
            assert icon["sizes"] == f"{width}x{height}"
    assert {icon.get("purpose", "any") for icon in manifest["icons"]} == {"any", "maskable"}


@pytest.mark.parametrize("path", ["/robots.txt", "/site.webmanifest"])
def test_they_are_kept_by_browsers_and_only_read(client: Client, path: str) -> None:
    assert "max-age=86400" in client.get(path).headers["Cache-Control"]
    assert client.post(path).status_code == 405


def test_pages_name_every_icon(client: Client, db: None) -> None:
    page = client.get("/accounts/login/").content.decode()
    named = re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="/static/([^"]+)"', page)
    assert named == ["img/favicon.ico", "img/favicon.svg", "img/apple-touch-icon.png"]
    assert all(Path(finders.find(name)).is_file() for name in named)
    assert '<link rel="manifest" href="/site.webmanifest">' in page
