"""Take README's picture of the board from a running demo: `.venv/bin/python scripts/screenshot.py [URL]`.

In English throughout with a demo made by `DEMO_LANGUAGE=en DATA_DIR=… ./run demo`, and the same DATA_DIR here.
"""

import json
import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "board.png"
CHROMIUM_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]


def main(url: str) -> None:
    data = Path(os.environ.get("DATA_DIR", ROOT / ".local"))
    demo = json.loads((data / "demo.json").read_text())
    login = next(each for each in demo["logins"] if each["role"] == "rep")
    with sync_playwright() as playwright:
        chromium = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
        browser = playwright.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
        page.goto(f"{url}/accounts/login/")
        page.fill("input[name=login]", login["email"])
        page.fill("input[name=password]", login["password"])
        page.press("input[name=password]", "Enter")
        page.locator("[data-deal-id]").first.wait_for()
        page.wait_for_load_state("networkidle")
        page.reload()  # the font is there from the second page on
        page.wait_for_load_state("networkidle")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=PICTURE)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:8000")
