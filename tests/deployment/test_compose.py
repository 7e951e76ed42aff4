"""docker-compose.yml: valid, hardened, without secrets, and of one mind with `./run` and the documents."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest

from runner.environment import read
from runner.serving import command_of
from tests.deployment.compose import (
    COMPOSE,
    EXAMPLE,
    FILLED,
    OURS,
    ROOT,
    VARIABLE,
    filled,
    raw,
    texts,
    variables,
)

SCHEMA = Path(__file__).parent / "vendor" / "compose-spec-170098b" / "compose-spec.json"
SECRET_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|KEY")
SERVICES: dict[str, dict[str, Any]] = filled(FILLED)["services"]
RUNNING = [name for name in SERVICES if name != "migrate"]


def test_it_is_a_compose_file() -> None:
    validator = jsonschema.Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))
    for content in (raw(), filled(FILLED)):
        assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(content)] == []
    spoilt = filled(FILLED)
    spoilt["services"]["web"]["healthchek"] = {}
    assert not validator.is_valid(spoilt)


@pytest.mark.parametrize("name", ["web", "worker", "beat"])
def test_the_processes_are_started_as_run_starts_them(name: str, tmp_path: Path) -> None:
    program, *arguments = SERVICES[name]["command"]
    assert (program, arguments[:2]) == ("python", ["runner", "serve"])
    environment = read({"DATA_DIR": str(tmp_path)})
    assert command_of(arguments[2:], environment)[1:3] in (["-m", "uvicorn"], ["-m", "celery"])
    assert name in arguments


@pytest.mark.parametrize("name", SERVICES)
def test_nobody_may_more_than_needed(name: str) -> None:
    service = SERVICES[name]
    assert service["user"].split(":")[0] not in {"", "0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert not {"cap_add", "privileged", "devices", "network_mode", "pid"} & service.keys()
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert "/var/run/docker.sock" not in " ".join(texts(service))


@pytest.mark.parametrize("name", RUNNING)
def test_everything_that_stays_up_is_looked_after(name: str) -> None:
    service = SERVICES[name]
    assert service["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}
    assert service["restart"] == "unless-stopped"
    assert re.fullmatch(r"\d+s", service["stop_grace_period"])


def test_only_the_site_can_be_reached_and_only_from_this_machine() -> None:
    assert {name: service["ports"] for name, service in SERVICES.items() if "ports" in service} == {
        "web": ["127.0.0.1:8000:8000"]
    }
    networks = filled(FILLED)["networks"]
    assert networks["servers"] == {"internal": True}
    assert (SERVICES["postgres"]["networks"], SERVICES["redis"]["networks"]) == (["servers"], ["servers"])
    trusted = SERVICES["web"]["environment"]["FORWARDED_ALLOW_IPS"]
    assert trusted == networks["outside"]["ipam"]["config"][0]["subnet"]


def test_the_owner_of_the_tables_only_migrates() -> None:
    with_owner = [name for name in OURS if "DATABASE_OWNER_URL" in SERVICES[name]["environment"]]
    assert with_owner == ["migrate"]
    assert SERVICES["migrate"]["restart"] == "no"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"] == {"condition": "service_completed_successfully"}


def test_roles_are_made_by_the_script_that_operators_run() -> None:
    mounts = [mount.split(":") for mount in SERVICES["postgres"]["volumes"]]
    scripts = [source for source, target, *_ in mounts if target.startswith("/docker-entrypoint-initdb.d/")]
    assert [(ROOT / script).resolve() for script in scripts] == [ROOT / "docs" / "roles.sql"]
    needed = set(re.findall(r"\\getenv \w+ (\w+)", (ROOT / "docs" / "roles.sql").read_text()))
    assert needed <= SERVICES["postgres"]["environment"].keys()


def test_no_secret_stands_in_the_file() -> None:
    for name, service in raw()["services"].items():
        for variable, value in service.get("environment", {}).items():
            if SECRET_NAME.search(variable):
                assert VARIABLE.fullmatch(value), f"{name}: {variable} is written out"
            elif "://" in value and not VARIABLE.fullmatch(value):
                password = urlsplit(VARIABLE.sub("filled", value)).password
                assert password in {None, "filled"}, f"{name}: {variable} holds a password"
    assert not re.search(r"^\w*(?:PASSWORD|SECRET_KEY)\w*=.", EXAMPLE.read_text(), re.MULTILINE)


def test_what_is_missing_is_named_with_what_to_give() -> None:
    required = {each.name for each in variables() if each.is_required}
    assert required == FILLED.keys()
    assert all(len(each.rest) > 10 for each in variables() if each.is_required)
    for name in required:
        with pytest.raises(KeyError, match=name):
            filled({key: value for key, value in FILLED.items() if key != name})


def test_the_example_names_every_variable_with_its_default() -> None:
    lines = re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE)
    wanted = {each.name: "" if each.is_required else each.rest for each in variables()}
    assert dict(lines) == wanted


def test_every_setting_is_explained() -> None:
    table = re.findall(
        r"^\| ((?:`\w+`(?:, )?)+) \|", (ROOT / "docs" / "running.md").read_text(), re.MULTILINE
    )
    explained = {name for names in table for name in re.findall(r"`(\w+)`", names)}
    asked = set(re.findall(r'env\.\w+\(\s*"(\w+)"', (ROOT / "config" / "settings.py").read_text()))
    given = {name for service in OURS for name in SERVICES[service]["environment"]}
    assert asked | given <= explained


def test_the_file_is_where_compose_looks_for_it() -> None:
    assert COMPOSE.parent == ROOT
