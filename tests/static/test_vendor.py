"""What the site serves from `static/vendor/` is what was reviewed: no byte changed, nothing slipped in."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
VENDORS = [ROOT / place / "vendor" for place in ("static", "tests/browser", "tests/deployment")]
NAMES = ["site", "browser", "deployment"]
SPRITE = ROOT / "static" / "img" / "icons.svg"
TEMPLATE_ROOMS = [path for path in ROOT.glob("**/templates") if ".venv" not in path.parts]


def listed(vendor: Path) -> dict[str, dict[str, str]]:
    files = json.loads((vendor / "manifest.json").read_text(encoding="utf-8"))["files"]
    return {file["path"]: file for file in files}


def present(vendor: Path) -> set[str]:
    files = (path for path in vendor.rglob("*") if path.is_file() and path.name != "manifest.json")
    return {path.relative_to(vendor).as_posix() for path in files}


@pytest.mark.parametrize("vendor", VENDORS, ids=NAMES)
def test_every_vendored_file_is_listed_and_every_listed_file_is_there(vendor: Path) -> None:
    assert present(vendor) == set(listed(vendor))


@pytest.mark.parametrize("vendor", VENDORS, ids=NAMES)
def test_vendored_files_have_the_checksums_of_the_manifest(vendor: Path) -> None:
    changed = [
        path
        for path, file in listed(vendor).items()
        if hashlib.sha256((vendor / path).read_bytes()).hexdigest() != file["sha256"]
    ]
    assert changed == []


@pytest.mark.parametrize("vendor", VENDORS, ids=NAMES)
def test_every_vendored_file_names_its_version_and_a_free_licence(vendor: Path) -> None:
    for path, file in listed(vendor).items():
        assert path.split("/")[0].endswith(f"-{file['version']}")
        assert file["licence"] in {"0BSD", "Apache-2.0", "MIT", "OFL-1.1", "MPL-2.0"}


def test_no_vendored_file_asks_for_a_source_map() -> None:
    asking = [
        path
        for vendor in VENDORS
        for path in present(vendor)
        if path.endswith((".js", ".css")) and b"sourceMappingURL=" in (vendor / path).read_bytes()
    ]
    assert asking == []


def test_every_icon_that_a_template_uses_is_in_the_sprite() -> None:
    drawn = set(re.findall(r'<symbol id="(i-[a-z]+)"', SPRITE.read_text(encoding="utf-8")))
    used = {
        icon
        for room in TEMPLATE_ROOMS
        for template in room.rglob("*.html")
        for icon in re.findall(r"#(i-[a-z]+)\"", template.read_text(encoding="utf-8"))
    }
    assert used - drawn == set()
