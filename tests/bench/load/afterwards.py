"""After the load: is everything there that anybody was told was kept?"""

import hashlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from tests.bench.load.clerk import Filed, Office
from tests.support.person import Person

_AT_ONCE = 4


def check(office: Office, reader: Person) -> dict[str, int]:
    """Read everything back; counts of what was found good.

    Raises:
        AssertionError: something acknowledged is lost or changed, a history does not verify, or a
            number was given twice.
    """
    numbers = [each.number for each in office.filed]
    assert len(set(numbers)) == len(numbers), "a number was given twice"
    listed = {each["id"] for each in reader.listed(office.folder)}
    assert listed >= {each.id for each in office.filed}, "a document is in no list"
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        versions = sum(pool.map(lambda filed: _versions(reader, filed), office.filed))
        entries = sum(pool.map(lambda filed: _entries(reader, filed), office.filed))
    return {"documents": len(office.filed), "versions": versions, "entries": entries}


def _versions(reader: Person, filed: Filed) -> int:
    for number, sha256 in filed.versions.items():
        found = hashlib.sha256(reader.download(filed.id, number)).hexdigest()
        assert found == sha256, f"other bytes in {filed.id} version {number}"
    return len(filed.versions)


def _entries(reader: Person, filed: Filed) -> int:
    told = reader.get(f"/documents/{filed.id}/audit/verification")
    assert told["valid"], told
    actions = _actions(reader, filed)
    added = actions.count("version_added")
    assert added == len(filed.versions), f"{added} versions in the history of {filed}"
    return int(told["entries"]) + int(told["reads"])


def _actions(reader: Person, filed: Filed) -> Sequence[str]:
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = reader.get(f"/documents/{filed.id}/audit", limit=200, **cursor)
        found += [each["action"] for each in page["items"]]
        if not page["next_cursor"]:
            return found
        cursor = {"cursor": page["next_cursor"]}
