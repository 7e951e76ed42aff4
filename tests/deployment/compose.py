"""docker-compose.yml as `docker compose` reads it: anchors merged, variables filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
EXAMPLE = ROOT / "docs" / "compose.env.example"
OURS = ("web", "worker", "beat", "migrate")
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[?-])(?P<rest>[^}]*))?\}")

FILLED = {
    "BASE_URL": "https://crm.example.com",
    "SECRET_KEY": "0123456789abcdef" * 4,
    "POSTGRES_PASSWORD": "superuserpassword",
    "STAGECRAFT_OWNER_PASSWORD": "ownerpassword",
    "STAGECRAFT_APP_PASSWORD": "apppassword",
    "EMAIL_URL": "smtp+tls://user:password@mail.example.com:587",
    "DEFAULT_FROM_EMAIL": "Stagecraft <crm@example.com>",
}


@dataclass(frozen=True, slots=True)
class Variable:
    """A `${NAME:?message}` (required) or `${NAME:-default}` of the file."""

    name: str
    is_required: bool
    rest: str


def raw() -> dict[str, Any]:
    """The file without its variables filled in."""
    return yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))


def filled(values: Mapping[str, str]) -> dict[str, Any]:
    """The file with `values` for its variables, defaults where one has no value. KeyError for a required one."""

    def value(found: re.Match[str]) -> str:
        if found["name"] in values:
            return values[found["name"]]
        if found["kind"] != "-":
            raise KeyError(found["name"])
        return found["rest"]

    def fill(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: fill(each) for key, each in node.items()}
        if isinstance(node, list):
            return [fill(each) for each in node]
        return VARIABLE.sub(value, node) if isinstance(node, str) else node

    return fill(raw())


def variables() -> list[Variable]:
    found = VARIABLE.finditer(COMPOSE.read_text(encoding="utf-8"))
    return [Variable(each["name"], each["kind"] == "?", each["rest"] or "") for each in found]


def texts(node: Any) -> list[str]:
    """Every string in a part of the file, keys of mappings left out."""
    if isinstance(node, Mapping):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for value in node for text in texts(value)]
    return [node] if isinstance(node, str) else []
