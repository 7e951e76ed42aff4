"""Fetch the front-end files that the site serves itself, pin them, and draw the icon sprite.

For maintainers only: it needs npm on the path. Set-up and tests use what is committed.

    python scripts/vendor_static.py

Change a version or add an icon below, run it, and commit what it wrote:
`static/vendor/`, `static/img/icons.svg` and `tests/browser/vendor/`. Each vendor directory has a
`manifest.json` with the checksum, version and licence of every file; a test re-checks it.
"""

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree as ET

ROOT = Path(__file__).resolve().parent.parent
SITE_VENDOR = ROOT / "static" / "vendor"
TEST_VENDOR = ROOT / "tests" / "browser" / "vendor"
SPRITE = ROOT / "static" / "img" / "icons.svg"

# Manifest storage refuses a file whose source map is missing, and nobody debugs minified code here.
SOURCE_MAP = re.compile(rb"\s*(?://[#@]\s*sourceMappingURL=\S+|/\*[#@]\s*sourceMappingURL=.*?\*/)\s*")

# Sprite id (without "i-") → Tabler's name. The left side is what templates write.
ICONS = {
    "agreed": "circle-check",
    "auto": "device-desktop",
    "back": "arrow-left",
    "ban": "circle-x",
    "bell": "bell",
    "board": "layout-kanban",
    "cal": "calendar-event",
    "chat": "message",
    "check": "check",
    "chev": "chevron-down",
    "clock": "clock",
    "company": "building",
    "copy": "copy",
    "day": "checkbox",
    "dense": "baseline-density-small",
    "dots": "dots",
    "down": "arrow-down",
    "download": "download",
    "edit": "pencil",
    "eye": "eye",
    "file": "paperclip",
    "filter": "adjustments-horizontal",
    "flag": "flag",
    "forecast": "chart-histogram",
    "grip": "grip-vertical",
    "heard": "message-circle",
    "help": "help-circle",
    "history": "history",
    "inbox": "inbox",
    "info": "info-circle",
    "key": "key",
    "keyboard": "keyboard",
    "language": "language",
    "late": "calendar-exclamation",
    "left": "chevron-left",
    "link": "link",
    "list": "list-details",
    "lock": "lock",
    "logout": "logout",
    "mail": "mail",
    "map": "chart-dots",
    "minus": "minus",
    "moon": "moon",
    "move": "arrow-right",
    "none": "square-plus",
    "note": "note",
    "out": "external-link",
    "phone": "phone",
    "plan": "checklist",
    "plus": "plus",
    "print": "printer",
    "quad": "table",
    "refresh": "refresh",
    "right": "chevron-right",
    "robot": "bolt",
    "search": "search",
    "send": "send",
    "settings": "settings",
    "shield": "shield",
    "snooze": "zzz",
    "sort": "arrow-up",
    "stall": "hourglass-high",
    "stalled": "hourglass-high",
    "stamp": "rubber-stamp",
    "star": "star",
    "sun": "sun",
    "swap": "arrows-exchange",
    "tag": "tag",
    "target": "target",
    "task": "square",
    "trash": "trash",
    "trophy": "trophy",
    "undo": "arrow-back-up",
    "up": "chevron-up",
    "upload": "upload",
    "user": "user",
    "users": "users",
    "value": "layout-grid",
    "warn": "alert-triangle",
    "x": "x",
}

FONT_CSS = "dist/web/variable/pretendardvariable-dynamic-subset.css"
FONT_SLICES = "dist/web/variable/woff2-dynamic-subset/*.woff2"


@dataclass(frozen=True, kw_only=True)
class Package:
    """One npm package and the files of it that we keep: pattern inside the package → directory of ours."""

    npm_name: str
    name: str
    version: str
    licence: str
    files: dict[str, str]
    into: Path = SITE_VENDOR
    home: Path = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "home", self.into / f"{self.name}-{self.version}")


PACKAGES = [
    Package(
        npm_name="htmx.org",
        name="htmx",
        version="4.0.1",
        licence="0BSD",
        files={"dist/htmx.min.js": "", "dist/ext/hx-sse.min.js": "", "LICENSE": ""},
    ),
    Package(
        npm_name="sortablejs",
        name="sortablejs",
        version="1.15.7",
        licence="MIT",
        files={"Sortable.min.js": "", "LICENSE": ""},
    ),
    Package(
        npm_name="pretendard",
        name="pretendard",
        version="1.3.9",
        licence="OFL-1.1",
        files={FONT_CSS: "", FONT_SLICES: "slices", "dist/LICENSE.txt": ""},
    ),
    Package(
        npm_name="@tabler/icons",
        name="tabler-icons",
        version="3.51.0",
        licence="MIT",
        files={"LICENSE": ""} | {f"icons/outline/{icon}.svg": "" for icon in ICONS.values()},
    ),
    Package(
        npm_name="axe-core",
        name="axe-core",
        version="4.14.1",
        licence="MPL-2.0",
        files={"axe.min.js": "", "LICENSE": ""},
        into=TEST_VENDOR,
    ),
]


def main() -> None:
    for directory in (SITE_VENDOR, TEST_VENDOR):
        shutil.rmtree(directory, ignore_errors=True)
    for package in PACKAGES:
        with tempfile.TemporaryDirectory() as scratch:
            kept = keep_files(package, download(package, Path(scratch)))
        sys.stdout.write(f"{package.name} {package.version}: {kept} files\n")
    write_font_css()
    for directory in (SITE_VENDOR, TEST_VENDOR):
        write_manifest(directory)
    SPRITE.parent.mkdir(parents=True, exist_ok=True)
    SPRITE.write_text(sprite(), encoding="utf-8")


def download(package: Package, scratch: Path) -> Path:
    """Unpack the published package and return the directory of its files."""
    spec = f"{package.npm_name}@{package.version}"
    subprocess.run(
        ["npm", "pack", spec, "--silent", "--pack-destination", str(scratch)], check=True, capture_output=True
    )
    (archive,) = scratch.glob("*.tgz")
    with tarfile.open(archive) as tar:
        tar.extractall(scratch, filter="data")
    return scratch / "package"


def keep_files(package: Package, unpacked: Path) -> int:
    kept = 0
    for pattern, directory in package.files.items():
        found = sorted(unpacked.glob(pattern))
        if not found:
            raise SystemExit(f"{package.npm_name} {package.version} has no {pattern}")
        for source in found:
            target = package.home / directory / source.name
            target.parent.mkdir(parents=True, exist_ok=True)
            content = source.read_bytes()
            if source.suffix in {".js", ".css"}:
                content = SOURCE_MAP.sub(b"\n", content).rstrip() + b"\n"
            target.write_bytes(content)
            kept += 1
    return kept


def write_font_css() -> None:
    """Point the font's own CSS at our slices, and let a late slice never shift a text already drawn."""
    home = next(package.home for package in PACKAGES if package.name == "pretendard")
    published = home / Path(FONT_CSS).name
    css = published.read_text(encoding="utf-8")
    css = css.replace("./woff2-dynamic-subset/", "slices/").replace(
        "font-display: swap", "font-display: optional"
    )
    published.unlink()
    (home / "pretendard.css").write_text(css, encoding="utf-8")


def write_manifest(directory: Path) -> None:
    packages = {package.home.name: package for package in PACKAGES if package.into == directory}
    files = [
        {
            "path": path.relative_to(directory).as_posix(),
            "package": packages[home].npm_name,
            "version": packages[home].version,
            "licence": packages[home].licence,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for home, path in vendored_files(directory)
    ]
    text = json.dumps({"files": files}, indent=1, ensure_ascii=False)
    (directory / "manifest.json").write_text(text + "\n", encoding="utf-8")


def vendored_files(directory: Path) -> Iterator[tuple[str, Path]]:
    for path in sorted(directory.rglob("*")):
        if path.is_file() and path.name != "manifest.json":
            yield path.relative_to(directory).parts[0], path


def sprite() -> str:
    """One symbol per icon. Stroke and size come from the stylesheet, so one drawing serves every size."""
    home = next(package.home for package in PACKAGES if package.name == "tabler-icons")
    symbols = [symbol(f"i-{our_name}", home / f"{icon}.svg") for our_name, icon in sorted(ICONS.items())]
    licence = "<!-- Tabler Icons (MIT). Written by scripts/vendor_static.py. -->"
    return "\n".join(['<svg xmlns="http://www.w3.org/2000/svg">', licence, *symbols, "</svg>"]) + "\n"


def symbol(symbol_id: str, drawing: Path) -> str:
    paths = [
        path.attrib["d"]
        for path in ET.fromstring(drawing.read_text(encoding="utf-8"))  # noqa: S314  checksummed, ours to read
        if path.attrib["d"] != "M0 0h24v24H0z"  # Tabler's invisible bounding box
    ]
    shapes = "".join(f'<path d="{d}"/>' for d in paths)
    return f'<symbol id="{symbol_id}" viewBox="0 0 24 24">{shapes}</symbol>'


if __name__ == "__main__":
    main()
