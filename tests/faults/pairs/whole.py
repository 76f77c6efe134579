"""What must hold of a stage's rows whatever was done at once: the invariants, over all of them."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any

from chalicelib.access.model import ROOT_ID
from chalicelib.audit.check import examine
from chalicelib.documents.name import key_of
from chalicelib.transaction import Key, Row, Table

Rows = Mapping[Key, Row]
Flaws = Iterator[str]


def flaws(rows: Rows) -> Sequence[str]:
    """Everything that does not hold, a sentence each."""
    return [flaw for look in _LOOKS for flaw in look(rows)]


def _chains(rows: Rows) -> Flaws:
    """Every chain verifies, and a document's head is its last entry."""
    chains: dict[str, list[Key]] = {}
    for key in rows:
        if key.table is Table.AUDIT and not key.pk.startswith("CTX#"):
            chains.setdefault(key.pk, []).append(key)
    for chain, keys in chains.items():
        ordered = [rows[key] for key in sorted(keys, key=lambda key: key.sk)]
        for examined in examine(chain, ordered):
            yield from (f"{p.chain} {p.seq}: {p.problem}" for p in examined.problems)
    for id_, document in _things(rows, Table.CORE, "D#"):
        last = rows.get(Key(Table.AUDIT, f"D#{id_}", f"{document['chain_seq']:012d}"))
        if last is None or last["hash"] != document["chain_hash"]:
            yield f"document {id_}: its head is not an entry of its chain"
        if len(chains.get(f"D#{id_}", ())) != document["chain_seq"]:
            yield f"document {id_}: its chain reaches beyond its head"


def _audit_is_state(rows: Rows) -> Flaws:
    """What the audit tells of a document is how it stands: place, trash, versions, digest."""
    for id_, document in _things(rows, Table.CORE, "D#"):
        told = _retold(rows, id_)
        stands = {
            "node_id": document["node_id"],
            "trashed": "trashed_at" in document,
            "version": document["version"],
            "latest": document["latest"],
            "name": document["name"],
        }
        if stands != told:
            yield f"document {id_} stands as {stands}, its audit tells {told}"


def _retold(rows: Rows, document_id: str) -> Mapping[str, Any]:
    told: dict[str, Any] = {"trashed": False, "version": 0, "latest": 0}
    entries = [
        (key.sk, row)
        for key, row in rows.items()
        if key.table is Table.AUDIT and key.pk == f"D#{document_id}"
    ]
    for _, entry in sorted(entries, key=lambda each: each[0]):
        details = entry["details"]
        told |= {fact: tell(details) for fact, tell in _TELLS.get(entry["action"], {}).items()}
        if entry["action"] == "version_added":
            told["version"] = max(told["version"], details["version"])
    return told


_TELLS: Mapping[str, Mapping[str, Callable[[Mapping[str, Any]], Any]]] = {
    "document_created": {
        "node_id": itemgetter("node_id"),
        "name": itemgetter("name"),
        "latest": lambda _details: 1,
    },
    "document_moved": {"node_id": itemgetter("to")},
    "document_renamed": {"name": itemgetter("to")},
    "document_trashed": {"trashed": lambda _details: True},
    "document_restored": {"trashed": lambda _details: False, "name": itemgetter("name")},
    "version_begun": {"latest": itemgetter("version")},
    "document_rolled_back": {"version": itemgetter("version"), "latest": itemgetter("version")},
}


def _versions(rows: Rows) -> Flaws:
    """A document's current version is stored, with its digest; there are as many as it says."""
    for id_, document in _things(rows, Table.CORE, "D#"):
        found = {
            row["number"]: row
            for key, row in rows.items()
            if key.table is Table.CORE and key.pk == f"D#{id_}" and key.sk.startswith("V#")
        }
        if sorted(found) != list(range(1, document["latest"] + 1)):
            yield f"document {id_}: versions {sorted(found)} of {document['latest']}"
        current = found.get(document["version"])
        if document["version"] and (
            current is None
            or current["state"] != "stored"
            or current["sha256"] != document["digest"]
        ):
            yield f"document {id_}: its current version is not stored, or another one"


def _names(rows: Rows) -> Flaws:
    """Who stands in a folder's list stands there, and nobody lives in none."""
    things = {id_: row for p in ("D#", "N#") for id_, row in _things(rows, Table.CORE, p)}
    listed: Counter[str] = Counter()
    for key, row in rows.items():
        if key.table is not Table.CORE or not key.pk.startswith("P#"):
            continue
        listed[row["id"]] += 1
        thing = things.get(row["id"])
        place = thing and f"P#{thing.get('node_id', thing.get('parent_id'))}"
        if thing is None or place != key.pk or key_of(thing["name"]) != key.sk:
            yield f"{key.pk} lists {row['id']} as {key.sk}, where it is not"
        elif not row.get("pending") and (row["name"], "trashed_at" in thing) != (
            thing["name"],
            False,
        ):
            yield f"{key.pk} lists {row['id']} as it is not"
        elif thing.get("version", 0) != row.get("version", 0) and not row.get("pending"):
            yield f"{key.pk} lists {row['id']} in version {row.get('version')}"
    for id_, thing in things.items():
        there = "trashed_at" not in thing and thing.get("state") != "abandoned" and id_ != ROOT_ID
        if listed[id_] != there:
            yield f"{id_} is listed {listed[id_]} times"


def _trash(rows: Rows) -> Flaws:
    """The trash lists what is in the trash, as it is."""
    listed = {
        row["id"]: row
        for key, row in rows.items()
        if key.table is Table.CORE and key.pk.startswith("T#")
    }
    for prefix in ("D#", "N#"):
        for id_, thing in _things(rows, Table.CORE, prefix):
            if ("trashed_at" in thing) != (id_ in listed):
                yield f"{id_} and the trash do not agree"
            elif id_ in listed and listed[id_].get("version") != thing.get("version"):
                yield f"the trash lists {id_} in version {listed[id_].get('version')}"


def _numbers(rows: Rows) -> Flaws:
    """Each document has a number of its own, which leads to it."""
    leads = {
        int(key.pk.removeprefix("NUMBER#")): row["document_id"]
        for key, row in rows.items()
        if key.table is Table.CORE and key.pk.startswith("NUMBER#")
    }
    bears = {id_: row["number"] for id_, row in _things(rows, Table.CORE, "D#")}
    if {number: id_ for id_, number in bears.items()} != leads or len(leads) != len(bears):
        yield "numbers and documents do not belong together"


def _tree(rows: Rows) -> Flaws:
    """Every folder hangs under the topmost one, and heights say at least what is below."""
    nodes = dict(_things(rows, Table.CORE, "N#"))
    for id_, node in nodes.items():
        above, steps = node, 0
        while above.get("parent_id") is not None and steps <= len(nodes):
            above, steps = nodes[above["parent_id"]], steps + 1
            if above["height"] < steps:
                yield f"folder {above['id']} does not know how much hangs under it"
        if steps > len(nodes):
            yield f"folder {id_} hangs in a loop"


def _shares(rows: Rows) -> Flaws:
    """What is listed as shared is what is granted."""
    granted = {
        (f"SHARE#{who}", id_, role)
        for id_, node in _things(rows, Table.CORE, "N#")
        for who, role in node["grants"].items()
    }
    listed = {
        (key.pk, row["node_id"], row["role"])
        for key, row in rows.items()
        if key.table is Table.IDENTITY and key.pk.startswith("SHARE#")
    }
    if granted != listed:
        yield f"shares and grants do not agree: {granted ^ listed}"


def _groups(rows: Rows) -> Flaws:
    """Members know their groups, groups their members and how many they are."""
    members = {
        (key.pk.removeprefix("G#"), row["user_id"])
        for key, row in rows.items()
        if key.table is Table.IDENTITY and key.pk.startswith("G#") and key.sk.startswith("M#")
    }
    known = {
        (g, id_) for id_, user in _things(rows, Table.IDENTITY, "U#") for g in user["group_ids"]
    }
    if members != known:
        yield f"people and groups do not agree: {members ^ known}"
    for id_, group in _things(rows, Table.IDENTITY, "G#"):
        if group["member_count"] != sum(g == id_ for g, _ in members):
            yield f"group {id_} counts {group['member_count']} members"
    if {g for g, _ in members} - {id_ for id_, _ in _things(rows, Table.IDENTITY, "G#")}:
        yield "somebody is in a group that is not there"


def _sign_in_names(rows: Rows) -> Flaws:
    """Each name leads to whoever bears it, and to nobody else."""
    for prefix, field, things in (("NAME#", "user_id", "U#"), ("GROUP#", "group_id", "G#")):
        leads = {
            (key.pk.removeprefix(prefix), row[field])
            for key, row in rows.items()
            if key.table is Table.IDENTITY and key.pk.startswith(prefix)
        }
        bears = {
            (row[name].casefold(), id_)
            for id_, row in _things(rows, Table.IDENTITY, things)
            for name in (("username", "email") if things == "U#" else ("name",))
            if row.get(name)
        }
        if leads != bears:
            yield f"names and bearers do not agree: {leads ^ bears}"


def _administrators(rows: Rows) -> Flaws:
    """Somebody administers, and whoever is listed to may."""
    users = dict(_things(rows, Table.IDENTITY, "U#"))
    listed = rows.get(Key(Table.IDENTITY, "ADMINISTRATORS", "META"), {}).get("user_ids", ())
    able = {id_ for id_, u in users.items() if u["is_administrator"] and not u["disabled"]}
    if set(listed) != able or (users and not able):
        yield f"administrators are {sorted(able)}, listed are {listed}"


def _things(rows: Rows, table: Table, prefix: str) -> Iterator[tuple[str, Row]]:
    for key, row in rows.items():
        if key.table is table and key.sk == "META" and key.pk.startswith(prefix):
            yield key.pk.removeprefix(prefix), row


_LOOKS: Sequence[Callable[[Rows], Flaws]] = (
    _chains,
    _audit_is_state,
    _versions,
    _names,
    _trash,
    _numbers,
    _tree,
    _shares,
    _groups,
    _sign_in_names,
    _administrators,
)
