"""What the import contracts cannot say: who may set the workspace, move a deal, know HTTP, ask the time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
APPS = (
    "config",
    "integrations",
    "automation",
    "forecasting",
    "customers",
    "strategy",
    "deals",
    "contacts",
    "fields",
    "pipeline",
    "api",
    "tenancy",
    "core",
)
MOVERS = {f"deals/services/{name}.py" for name in ("move_deal", "create_deal", "close_deal", "undo_move")}


@cache
def sources() -> dict[str, ast.Module]:
    """Every module of the product, by its path; migrations and management of the schema left out."""
    return {
        str(path.relative_to(ROOT)): ast.parse(path.read_text())
        for app in APPS
        for path in sorted((ROOT / app).rglob("*.py"))
        if "migrations" not in path.parts
    }


def places(matches: Callable[[ast.AST], bool]) -> Iterator[str]:
    for path, tree in sources().items():
        for node in ast.walk(tree):
            if matches(node):
                yield f"{path}:{getattr(node, 'lineno', 0)}"


def files(found: Iterator[str]) -> set[str]:
    return {place.partition(":")[0] for place in found}


def test_the_sources_are_there() -> None:
    assert set(sources()) >= MOVERS


def test_only_the_scope_names_the_setting_of_the_workspace() -> None:
    def names_it(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "app.workspace_id" in node.value
            and ("\n" not in node.value)
        )

    # isolation.py reads it, in the policies that it writes.
    assert files(places(names_it)) == {"tenancy/scope.py", "tenancy/isolation.py"}


def test_only_scope_and_history_set_settings_of_the_database() -> None:
    def sets(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and (
                "set_config(" in node.value.lower()
                or node.value.lstrip().upper().startswith(("SET LOCAL", "SET ROLE"))
            )
            # How the planner plans is nobody's wall: the import asks for generic plans.
            and "plan_cache_mode" not in node.value
        )

    assert files(places(sets)) <= {"tenancy/scope.py", "tenancy/history.py"}


def is_deal(name: ast.expr) -> bool:
    """By the name it goes by: `deal`, `locked_deal`, `self.deal`."""
    text = name.id if isinstance(name, ast.Name) else name.attr if isinstance(name, ast.Attribute) else ""
    return text == "deal" or text.endswith("_deal")


def assigned(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [inner for target in node.targets for inner in ast.walk(target) if isinstance(inner, ast.expr)]
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    return []


def test_only_the_movers_give_a_deal_a_stage_or_an_outcome() -> None:
    def moves(node: ast.AST) -> bool:
        return any(
            isinstance(target, ast.Attribute)
            and target.attr in ("stage", "stage_id", "outcome")
            and is_deal(target.value)
            for target in assigned(node)
        )

    # A selector may hang a stage that it has loaded on the deal that it returns: it saves nothing (next test).
    assert {path for path in files(places(moves)) if "/selectors/" not in path} <= MOVERS
    assert files(places(moves)) >= {"deals/services/move_deal.py", "deals/services/close_deal.py"}


def test_selectors_write_nothing() -> None:
    writes = ("save", "create", "bulk_create", "bulk_update", "delete", "get_or_create", "update_or_create")

    def write(node: ast.AST) -> bool:
        return (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in writes
        )

    assert {path for path in files(places(write)) if "/selectors/" in path} == set()


def test_nobody_updates_stages_or_outcomes_past_the_movers() -> None:
    """`Deal.objects….update(stage=…)`, and `setattr` with either name."""

    def root_of(call: ast.expr) -> str:
        while isinstance(call, ast.Call | ast.Attribute):
            call = call.func if isinstance(call, ast.Call) else call.value
        return call.id if isinstance(call, ast.Name) else ""

    def updates(node: ast.AST) -> bool:
        if not isinstance(node, ast.Call):
            return False
        if (
            isinstance(node.func, ast.Attribute)
            and node.func.attr == "update"
            and root_of(node.func) == "Deal"
        ):
            return any(keyword.arg in ("stage", "stage_id", "outcome") for keyword in node.keywords)
        return False

    # retire_stage moves a retired stage's deals at once; a set-based sibling with the same rules.
    assert files(places(updates)) <= {"deals/services/retire_stage.py"}


HTTP = (
    "django.http",
    "django.shortcuts",
    "django.views",
    "django.urls",
    "rest_framework",
    "celery",
    "django_htmx",
)


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return []


def test_services_and_selectors_know_no_http() -> None:
    found = [
        f"{path} imports {name}"
        for path, tree in sources().items()
        if "/services/" in path or "/selectors/" in path or "/models/" in path
        for node in ast.walk(tree)
        for name in imported(node)
        if name.startswith(HTTP)
    ]
    assert found == []


def test_only_the_clock_asks_the_time() -> None:
    def asks(node: ast.AST) -> bool:
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            return False
        of = node.func.value.id if isinstance(node.func.value, ast.Name) else ""
        return (of, node.func.attr) in {
            ("timezone", "now"),
            ("timezone", "localdate"),
            ("timezone", "localtime"),
            ("datetime", "now"),
            ("datetime", "utcnow"),
            ("date", "today"),
            ("time", "time"),
        }

    assert files(places(asks)) == {"core/clock.py"}


def test_services_are_called_by_keyword() -> None:
    """A public function of a service takes keywords only: calls read by themselves, and arguments cannot swap."""
    loose = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources().items()
        if path in MOVERS or path in {"deals/services/edit_deal.py", "deals/services/tasks.py"}
        for node in tree.body
        if isinstance(node, ast.FunctionDef)
        and any(isinstance(d, ast.Attribute) and d.attr == "atomic" for d in node.decorator_list)
        and node.args.args
    ]
    assert loose == []
