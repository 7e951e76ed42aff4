"""The time zones that people choose from."""

from __future__ import annotations

import zoneinfo
from functools import cache

# Regions of the world, as the tz database names them; the rest are abbreviations and oddities.
REGIONS = ("Asia", "Pacific", "Australia", "Europe", "Africa", "America", "Atlantic", "Indian", "Antarctica")

type Groups = list[tuple[str, list[tuple[str, str]]]]


@cache
def zone_names() -> frozenset[str]:
    """Every name that the tz database knows. Read once for a process: it walks the disk."""
    return frozenset(zoneinfo.available_timezones())


def zone_choices(*, current: str = "") -> Groups:
    """[(region, [(name, city)])], Asia first; with `current`, whatever it is."""
    groups: Groups = [("UTC", [("UTC", "UTC")])]
    for region in REGIONS:
        names = sorted(name for name in zone_names() if name.startswith(f"{region}/"))
        groups.append((region, [(name, _city(name)) for name in names]))
    if current and all(current != name for _region, zones in groups for name, _shown in zones):
        groups[0][1].append((current, current))
    return [*groups[1:], groups[0]]


def _city(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", " – ")
