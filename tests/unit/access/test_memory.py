"""What a warm container remembers of the tree is bounded, and never outdated."""

import pytest

from chalicelib.access.model import Place, Role
from chalicelib.access.store import Lineages, node_key
from tests.fakes.database import FakeDatabase

GRANTS = {f"user:{n}": Role.VIEWER for n in range(40)}


def folder(id_: str, parent_id: str | None) -> dict[str, object]:
    return {
        "id": id_,
        "parent_id": parent_id,
        "name": id_,
        "inherit": True,
        "grants": {who: role.value for who, role in GRANTS.items()},
        "height": 0,
    }


def lineages_of(count: int) -> Lineages:
    database = FakeDatabase()
    database.rows = {node_key("root"): folder("root", None)}
    database.rows |= {node_key(f"n{n}"): folder(f"n{n}", "root") for n in range(count)}
    return Lineages(database)


def test_folders_with_many_grants_count_for_as_much(monkeypatch):
    monkeypatch.setattr("chalicelib.access.store._MAX_REMEMBERED", 200)
    lineages = lineages_of(50)

    for n in range(50):
        assert [place.id for place in lineages.of(f"n{n}", epoch=1)] == [f"n{n}", "root"]
        remembered: dict[str, Place] = lineages._places
        assert sum(1 + len(place.grants) for place in remembered.values()) <= 200 + 2 * 41


def test_rows_read_for_another_purpose_count_too(monkeypatch):
    monkeypatch.setattr("chalicelib.access.store._MAX_REMEMBERED", 200)
    lineages = lineages_of(50)

    for n in range(50):
        key = node_key(f"n{n}")
        lineages.remember({key: folder(f"n{n}", "root")}, epoch=1)

    assert len(lineages._places) <= 200 // 41 + 1


def test_lineages_learned_together_count_too(monkeypatch):
    monkeypatch.setattr("chalicelib.access.store._MAX_REMEMBERED", 200)
    lineages = lineages_of(50)

    for n in range(50):
        lineages.learn([f"n{n}"], epoch=1)

    assert len(lineages._places) <= 200 // 41 + 2


@pytest.mark.parametrize(("count", "ends"), [(128, True), (130, False)])
def test_no_tree_is_walked_for_ever(count, ends):
    database = FakeDatabase()
    database.rows = {node_key("root"): folder("root", None)}
    above = ["root", *(f"n{n}" for n in range(count))]
    database.rows |= {node_key(f"n{n}"): folder(f"n{n}", above[n]) for n in range(count)}
    lineages = Lineages(database)
    if ends:
        assert len(lineages.of(above[-1], epoch=1)) == count + 1
        return
    with pytest.raises(RuntimeError, match="does not end"):
        lineages.of(above[-1], epoch=1)
