"""The never-rules of the house: who may import what, and who may read the clock."""

import ast
import re

import pytest

from tests.architecture.source import ROOT, Module, modules

SDK = ("boto3", "botocore", "pynamodb")
VENDORS = (*SDK, "chalice", "ldap3")
NOUNS = ["identity", "access", "documents"]
"""In the order of who may know whom: each knows those before it."""
APART = ("audit", "errors", "transaction", "clock", "notify")
"""Known by all; they know no noun."""

PRODUCT = modules("chalicelib")
ENTRANCES = modules("functions")

ADAPTERS = {
    "chalicelib/audit/kms_signer.py",
    "chalicelib/audit/vault_store.py",
    "chalicelib/documents/file_store.py",
    "chalicelib/dynamodb.py",
    "chalicelib/notify/relays/ses.py",
    "chalicelib/outages.py",
    "chalicelib/wiring.py",
}
"""The only modules of the product that know a vendor; each is small and under contract tests."""

CHANCE = {
    "chalicelib/transaction.py": "settle spreads the tries of those who met",
    "chalicelib/wiring.py": "where clock, ids and secrets come from",
    "functions/web/page.py": "a nonce for each page's Content-Security-Policy",
}
"""Who may ask for the time or for chance, and why."""

ENVIRONMENT = {
    "chalicelib/wiring.py": "hands the environment to Config",
    "functions/events/outbox.py": "chalice needs the stream's ARN when it is imported",
    "functions/events/uploads.py": "chalice needs the queue's name when it is imported",
}
"""Who may read environment variables, and why."""


def by_place(found: list[Module]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("module", found, ids=[module.place for module in found])


def test_there_is_something_to_hold_to_the_rules():
    assert len(PRODUCT) > 50
    assert len(ENTRANCES) > 20
    assert {*ADAPTERS, *CHANCE, *ENVIRONMENT} <= {m.place for m in (*PRODUCT, *ENTRANCES)}


@by_place(PRODUCT)
def test_only_adapters_know_vendors(module):
    if module.place not in ADAPTERS:
        assert module.imports(*VENDORS) == set()


@by_place(ENTRANCES)
def test_entrances_know_no_sdk_and_no_store(module):
    assert module.imports(*SDK) == set()
    stores = {name for name in module.imported if ".store" in name or name.endswith("_store")}
    assert {name for name in stores if name.startswith("chalicelib.")} == set()
    assert module.imports("chalicelib.dynamodb") == set()


@by_place(PRODUCT)
def test_only_wiring_joins(module):
    if module.place != "chalicelib/wiring.py":
        assert module.imports("chalicelib.wiring") == set()
        assert module.imports("chalicelib.dynamodb", "chalicelib.config") == set()


@by_place([*PRODUCT, *ENTRANCES])
def test_nothing_shipped_knows_what_is_not(module):
    assert module.imports("infra", "tests", "app") == set()


@by_place(PRODUCT)
def test_the_product_knows_no_entrance(module):
    assert module.imports("functions") == set()


@by_place([module for module in PRODUCT if module.noun in (*NOUNS, *APART)])
def test_nouns_know_only_those_before_them(module):
    others = [f"chalicelib.{noun}" for noun in NOUNS if noun != module.noun]
    allowed = NOUNS[: NOUNS.index(module.noun)] if module.noun in NOUNS else []
    known = module.imports(*others)
    assert {name for name in known if name.split(".")[1] not in allowed} == set()


@by_place([module for module in PRODUCT if module.path.name == "model.py"])
def test_models_do_no_io(module):
    names = {name.rpartition(".")[2] for name in module.imported}
    assert not names & {"store", "Database", "transact", "housekeep", "open", "socket", "pathlib"}
    assert module.imports("os", "socket", "pathlib", "urllib.request") == set()


def test_nouns_form_no_circle():
    known = {}
    for module in PRODUCT:
        names = (name.split(".") for name in module.imports("chalicelib"))
        found = {parts[1] for parts in names if len(parts) > 1}
        known.setdefault(module.noun, set()).update(found - {module.noun, "wiring"})
    while free := [noun for noun, others in known.items() if not others & known.keys()]:
        for noun in free:
            del known[noun]
    assert known == {}


@by_place([*PRODUCT, *ENTRANCES])
def test_nobody_reads_the_clock_or_makes_an_id(module):
    if module.place in CHANCE:
        return
    assert module.imports("uuid", "secrets", "random") == set()
    clocks = {"now", "utcnow", "today", "time", "time_ns"}
    read = {
        name
        for name in module.dotted
        if name.rpartition(".")[2] in clocks
        and name.rpartition(".")[0] in ("datetime", "datetime.datetime", "date", "time", "dt")
    }
    assert read == set()
    assert module.imports("time.time", "time.time_ns", "os.urandom") == set()


@by_place([*PRODUCT, *ENTRANCES])
def test_nobody_reads_the_environment(module):
    if module.place in ENVIRONMENT:
        return
    read = {name for name in module.dotted if name.startswith(("os.environ", "os.getenv"))}
    assert read | module.imports("os.environ", "os.getenv") == set()


@by_place([*PRODUCT, *ENTRANCES])
def test_no_stage_is_known_by_name(module):
    """Product code never branches on where it runs."""
    compared = {
        ast.unparse(node)
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Compare) and re.search(r"\bstage\b", ast.unparse(node))
    }
    assert compared == set()


@by_place(PRODUCT)
def test_only_transactions_write(module):
    """`commit` is called by transaction.py alone: whatever changes goes through transact."""
    passing_on = ("chalicelib/documents/desk.py", "chalicelib/foresight.py")
    if module.place in ("chalicelib/transaction.py", *passing_on):
        return
    calls = [node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    commits = {ast.unparse(call) for call in calls if ast.unparse(call).endswith(".commit")}
    assert commits <= {"filing.commit", "registry.commit"}


def test_chalice_ships_the_entrances():
    link = ROOT / "vendor" / "functions"
    assert link.is_symlink()
    assert link.resolve() == ROOT / "functions"
