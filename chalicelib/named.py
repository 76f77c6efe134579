"""Which rows an address names: what its route will look at first, known before who asks is."""

from collections.abc import Callable, Iterable, Mapping

from chalicelib.access.store import EPOCH_KEY, node_key
from chalicelib.documents.rows import document_key, version_key
from chalicelib.identity.store.groups import group_key
from chalicelib.identity.store.users import user_key
from chalicelib.transaction import Key, is_id

_BY_PARAMETER: Mapping[str, Callable[[str], Key]] = {
    "document_id": document_key,
    "group_id": group_key,
    "node_id": node_key,
    "user_id": user_key,
}
_LONGEST_NUMBER = 6


def rows_of_asker(user_id: str) -> list[Key]:
    """What is read to know who asks, and often asked for once more."""
    return [user_key(user_id), EPOCH_KEY]


def rows_of_principals(principals: Iterable[str]) -> list[Key]:
    """The rows of "user:ID" and "group:ID"; none for anything else."""
    kinds = {"user": user_key, "group": group_key}
    parted = (each.partition(":") for each in principals)
    return [kinds[kind](id_) for kind, _, id_ in parted if kind in kinds and is_id(id_)]


def rows_named(params: Mapping[str, str]) -> list[Key]:
    """The rows that the parameters of a path name; none for what could be no id."""
    found = [
        key_of(params[name])
        for name, key_of in _BY_PARAMETER.items()
        if is_id(params.get(name, ""))
    ]
    number, document_id = params.get("number", ""), params.get("document_id", "")
    if found and number.isascii() and number.isdecimal() and len(number) <= _LONGEST_NUMBER:
        found.append(version_key(document_id, int(number)))
    return found
