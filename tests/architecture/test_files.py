"""Files and functions stay small, and are named for what they are."""

import ast
import re

import pytest

from tests.architecture.source import ROOT, Module, modules

ALL = [Module(ROOT / "app.py"), *modules("chalicelib", "functions", "infra", "tests")]
HANDLERS = modules("functions/http", "functions/web", "functions/events")
LONGEST_FILE, LONGEST_APP, LONGEST_HANDLER = 400, 40, 8
BANNED = {"utils", "util", "helpers", "helper", "common", "manager", "data", "process", "misc"}
# The launcher's process is one: a server that is started, found and stopped.
NAMED_RIGHTLY = {"infra/local/process.py"}


@pytest.mark.parametrize("module", ALL, ids=[module.place for module in ALL])
def test_no_file_is_long(module):
    assert len(module.text.splitlines()) <= LONGEST_FILE


def test_the_app_registers_and_does_nothing_else():
    app = Module(ROOT / "app.py")
    assert len(app.text.splitlines()) <= LONGEST_APP
    kinds = {type(node).__name__ for node in app.tree.body}
    assert kinds <= {"Expr", "Import", "ImportFrom", "Assign", "For", "If"}  # If: who registers


@pytest.mark.parametrize("module", ALL, ids=[module.place for module in ALL])
def test_names_say_what_is_inside(module):
    if module.place in NAMED_RIGHTLY:
        return
    words = {part.removesuffix(".py") for part in module.path.relative_to(ROOT).parts}
    assert not words & BANNED


def statements(function: ast.FunctionDef) -> int:
    body = function.body[1:] if ast.get_docstring(function) else function.body
    return sum(isinstance(node, ast.stmt) for each in body for node in ast.walk(each))


def handlers(module: Module) -> list[ast.FunctionDef]:
    functions = [node for node in module.tree.body if isinstance(node, ast.FunctionDef)]
    return [function for function in functions if function.decorator_list]


def test_there_are_handlers():
    assert sum(len(handlers(module)) for module in HANDLERS) > 40


@pytest.mark.parametrize("module", HANDLERS, ids=[module.place for module in HANDLERS])
def test_handlers_translate_and_do_not_decide(module):
    long = {each.name: statements(each) for each in handlers(module)}
    assert {name: count for name, count in long.items() if count > LONGEST_HANDLER} == {}


@pytest.mark.parametrize("module", ALL, ids=[module.place for module in ALL])
def test_nothing_is_left_for_later(module):
    if module.place != "tests/architecture/test_files.py":
        found = re.findall(r"\b(TODO|FIXME|XXX|HACK|NotImplementedError)\b", module.text)
        assert found == []


def enums() -> dict[str, list[str]]:
    found = {}
    for module in modules("chalicelib"):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and node.name in ("Permission", "Action"):
                names = [n.targets[0].id for n in node.body if isinstance(n, ast.Assign)]
                found[f"{module.place}:{node.name}"] = names
    return found


def test_permissions_and_actions_are_one_sorted_enum_each():
    found = enums()
    assert set(found) == {
        "chalicelib/access/model.py:Permission",
        "chalicelib/audit/model.py:Action",
    }
    for names in found.values():
        assert names == sorted(names)
