"""Draws the icons that cannot be SVG from static/img/favicon.svg: .venv/bin/python scripts/draw_icons.py

favicon.ico for old browsers; apple-touch-icon.png, which iOS rounds itself; those of the web manifest, the maskable one
being cut by the launcher: the faders stay inside the circle of 80 % that is never cut off.
"""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"
ICO_SIZES = (16, 32, 48)
FLAGS = ["--no-sandbox", "--disable-gpu"]


def main() -> None:
    drawing = (IMAGES / "favicon.svg").read_text(encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        (IMAGES / "favicon.ico").write_bytes(
            ico([(size, draw(browser, drawing, size)) for size in ICO_SIZES])
        )
        (IMAGES / "apple-touch-icon.png").write_bytes(draw(browser, square(drawing), 180))
        (IMAGES / "icon-192.png").write_bytes(draw(browser, drawing, 192))
        (IMAGES / "icon-512.png").write_bytes(draw(browser, drawing, 512))
        (IMAGES / "icon-maskable.png").write_bytes(draw(browser, square(drawing), 512))
        browser.close()


def square(drawing: str) -> str:
    """Without its round corners: the system that shows it cuts its own."""
    return drawing.replace('rx="8" fill', "fill")


def draw(browser: Browser, drawing: str, size: int) -> bytes:
    """A PNG of `size` pixels; what the drawing leaves is transparent."""
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing}")
    image = page.screenshot(omit_background=True)
    page.close()
    return image


def ico(images: list[tuple[int, bytes]]) -> bytes:
    """An icon file of PNGs, by their sizes in pixels."""
    offset = 6 + 16 * len(images)
    entries = b""
    for size, image in images:
        entries += struct.pack("<BBBBHHII", size, size, 0, 0, 1, 32, len(image), offset)
        offset += len(image)
    return struct.pack("<HHH", 0, 1, len(images)) + entries + b"".join(image for _, image in images)


if __name__ == "__main__":
    main()
