"""State rebuilt from the audit alone, and the same facts read from the rows of state.

Facts are plain values by name ("document ID state"). What identifies people (names, addresses,
passwords) is outside of the audit by design, and so of this. Nothing here asks the product how it
would read an entry; only the stored forms of rows and entries are known.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chalicelib.transaction import Key, Row, Table

Facts = dict[str, Any]
_BEGUN = ("document_created", "node_created", "user_created", "group_created")


def differences(rows: Mapping[Key, Row], *, complete: bool) -> list[str]:
    """Where the audit and the state tell different things, in words.

    Args:
        rows: of all tables, audit included.
        complete: these are all the rows there are. Otherwise only what was begun in one of the
            entries given is compared, and of that everything must be given; the one row that
            names all administrators is left to the complete comparison.
    """
    entries = sorted(
        (row for key, row in rows.items() if key.table is Table.AUDIT and "action" in row),
        key=lambda row: (row["at"], row["chain"], row["seq"]),
    )
    told = _Teller(entries).facts()
    stands = from_rows(rows)
    if not complete:
        begun = {row["subject"].partition(":")[2] for row in entries if row["action"] in _BEGUN}
        told, stands = (
            {n: v for n, v in facts.items() if _of(n) in begun and not n.startswith("administers ")}
            for facts in (told, stands)
        )
    names = sorted(told.keys() | stands.keys())
    return [
        f"{name}: the audit tells {told.get(name)!r}, the rows {stands.get(name)!r}"
        for name in names
        if told.get(name) != stands.get(name)
    ]


def _of(name: str) -> str:
    """The id of whom a fact is about: its second word, up to a slash."""
    return name.split(" ")[1].partition("/")[0]


class _Teller:
    """Goes through entries in the order of time."""

    def __init__(self, entries: Iterable[Row]) -> None:
        self.documents: dict[str, dict[str, Any]] = {}
        self.nodes: dict[str, dict[str, Any]] = {}
        self.users: dict[str, dict[str, Any]] = {}
        self.groups: dict[str, set[str]] = {}
        for row in entries:
            kind, _, id_ = row["subject"].partition(":")
            tell: Callable[[str, Row, Mapping[str, Any]], None] = getattr(self, f"_{kind}")
            tell(id_, row, row["details"])
            if row["chain"] == f"D#{id_}" and id_ in self.documents:
                self.documents[id_]["head"] = (row["seq"], row["hash"])

    def _document(self, id_: str, row: Row, said: Mapping[str, Any]) -> None:
        action = row["action"]
        if action == "document_created":
            place = (said["node_id"], said["name"])
            self.documents[id_] = {"number": said["number"], "place": place, "state": "pending"}
            self.documents[id_] |= {"current": 0, "versions": {1: ("pending", None, None)}}
        document = self.documents.get(id_)
        if document is None:
            return
        node, name = document["place"]
        if action == "document_renamed":
            document["place"] = (node, said["to"])
        elif action == "document_moved":
            document["place"] = (said["to"], name)
        elif action == "document_trashed":
            document["state"] = "trashed"
        elif action == "document_restored":
            document |= {"state": "active", "place": (said["node_id"], said["name"])}
        else:
            self._version(document, action, said)

    def _version(self, document: dict[str, Any], action: str, said: Mapping[str, Any]) -> None:
        number, versions = said.get("version"), document["versions"]
        if action == "version_begun":
            versions[number] = ("pending", None, None)
        elif action in ("version_added", "document_rolled_back"):
            versions[number] = ("stored", said["sha256"], said.get("restored_from"))
            document["current"] = max(document["current"], number)
            if document["state"] == "pending":
                document["state"] = "active"
        elif action in ("upload_abandoned", "upload_rejected"):
            versions[number] = (action.removeprefix("upload_"), None, None)
            if document["state"] == "pending" and number == 1:
                document["state"] = "abandoned"

    def _node(self, id_: str, row: Row, said: Mapping[str, Any]) -> None:
        action = row["action"]
        if action == "node_created":
            self.nodes[id_] = {"parent": said.get("parent_id"), "name": said.get("name")}
            grants = {f"user:{said['manager']}": "manager"} if "manager" in said else {}
            self.nodes[id_] |= {"trashed": False, "inherit": True, "grants": grants}
        node = self.nodes.get(id_, {})
        if action == "node_renamed":
            node["name"] = said["to"]
        elif action == "node_moved":
            node["parent"] = said["to"]
        elif action == "node_trashed":
            node["trashed"] = True
        elif action == "node_restored":
            node |= {"trashed": False, "name": said["name"]}
        elif action == "access_changed":
            node |= {"inherit": said["inherit"], "grants": dict(said["after"])}

    def _user(self, id_: str, row: Row, said: Mapping[str, Any]) -> None:
        action = row["action"]
        if action == "user_created":
            self.users[id_] = {"era": 1, "disabled": False}
        user = self.users.get(id_, {"era": 0})
        if "is_administrator" in said:
            user["administrator"] = said["is_administrator"]
        if action in ("user_disabled", "user_enabled"):
            user["disabled"] = action == "user_disabled"
        ended = action == "session_ended" and said.get("all")
        user["era"] += bool(action in ("password_changed", "user_disabled") or ended)

    def _group(self, id_: str, row: Row, said: Mapping[str, Any]) -> None:
        action = row["action"]
        if action == "group_created":
            self.groups[id_] = set()
        elif action == "group_deleted":
            self.groups.pop(id_, None)
        elif action == "group_member_added":
            self.groups.get(id_, set()).add(said["user_id"])
        elif action == "group_member_removed":
            self.groups.get(id_, set()).discard(said["user_id"])

    def facts(self) -> Facts:
        """Everything that follows from what was told."""
        found: Facts = {}
        for id_, document in self.documents.items():
            found |= _document_facts(id_, document)
        for id_, node in self.nodes.items():
            found |= _node_facts(id_, node)
        for id_, user in self.users.items():
            found[f"user {id_}"] = (user["administrator"], user["disabled"], user["era"])
            found[f"administers {id_}"] = (user["administrator"] and not user["disabled"]) or None
        for id_, members in self.groups.items():
            found[f"group {id_}"] = len(members)
            found |= {f"member {id_}/{user}": True for user in members}
        return {name: value for name, value in found.items() if value is not None}


def _document_facts(id_: str, document: Mapping[str, Any]) -> Facts:
    versions, state = document["versions"], document["state"]
    node, name = document["place"]
    found: Facts = {
        f"document {id_}": (document["number"], node, name, state),
        f"versions {id_}": (document["current"], max(versions)),
        f"head {id_}": document["head"],
        f"number {id_}": document["number"],
    }
    found |= {f"version {id_}/{number}": told for number, told in versions.items()}
    if state in ("active", "pending"):
        found[f"child {id_}/{node}"] = ("document", name, state == "pending")
    if state == "trashed":
        found[f"trash {id_}/{node}"] = name
    return found


def _node_facts(id_: str, node: Mapping[str, Any]) -> Facts:
    parent, name = node["parent"], node["name"]
    found: Facts = {
        f"node {id_}": (parent, name, node["trashed"]),
        f"access {id_}": (node["inherit"], node["grants"]),
    }
    found |= {f"share {id_}/{who}": role for who, role in node["grants"].items()}
    if parent and not node["trashed"]:
        found[f"child {id_}/{parent}"] = ("node", name, False)
    if parent and node["trashed"]:
        found[f"trash {id_}/{parent}"] = name
    return found


def from_rows(rows: Mapping[Key, Row]) -> Facts:
    """The same facts as the rows of state have them."""
    found: Facts = {}
    for key, row in rows.items():
        kind, _, rest = key.pk.partition("#")
        read = _READERS.get((key.table, kind, "META" if key.sk == "META" else key.sk[:2]))
        read = read or _READERS.get((key.table, kind, ""))
        if read:
            found |= read(rest, key.sk, row)
    return found


def _read_document(id_: str, _sk: str, row: Row) -> Facts:
    return {
        f"document {id_}": (row["number"], row["node_id"], row["name"], row["state"]),
        f"versions {id_}": (row["version"], row["latest"]),
        f"head {id_}": (row["chain_seq"], row["chain_hash"]),
    }


def _read_version(id_: str, _sk: str, row: Row) -> Facts:
    state = "pending" if row["state"] == "verifying" else row["state"]
    return {f"version {id_}/{row['number']}": (state, row.get("sha256"), row.get("restored_from"))}


def _read_node(id_: str, _sk: str, row: Row) -> Facts:
    name = None if id_ == "root" else row["name"]  # the topmost folder's name is not told
    return {
        f"node {id_}": (row.get("parent_id"), name, "trashed_at" in row),
        f"access {id_}": (row["inherit"], dict(row["grants"])),
    }


def _read_user(id_: str, _sk: str, row: Row) -> Facts:
    return {f"user {id_}": (row["is_administrator"], row["disabled"], row["era"])}


_READERS: Mapping[tuple[Table, str, str], Callable[[str, str, Row], Facts]] = {
    (Table.CORE, "D", "META"): _read_document,
    (Table.CORE, "D", "V#"): _read_version,
    (Table.CORE, "N", "META"): _read_node,
    (Table.CORE, "NUMBER", ""): lambda n, _sk, row: {f"number {row['document_id']}": int(n)},
    (Table.CORE, "P", ""): lambda parent, _sk, row: {
        f"child {row['id']}/{parent}": (row["kind"], row["name"], row.get("pending", False))
    },
    (Table.CORE, "T", ""): lambda parent, _sk, row: {f"trash {row['id']}/{parent}": row["name"]},
    (Table.IDENTITY, "U", "META"): _read_user,
    (Table.IDENTITY, "G", "META"): lambda id_, _sk, row: {f"group {id_}": row["member_count"]},
    (Table.IDENTITY, "G", "M#"): lambda id_, sk, _row: {f"member {id_}/{sk[2:]}": True},
    (Table.IDENTITY, "SHARE", ""): lambda who, _sk, row: {
        f"share {row['node_id']}/{who}": row["role"]
    },
    (Table.IDENTITY, "ADMINISTRATORS", "META"): lambda _id, _sk, row: {
        f"administers {user}": True for user in row["user_ids"]
    },
}
