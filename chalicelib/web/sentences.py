"""Audit entries as sentences that follow the actor's name: "renamed it from … to …"."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from chalicelib.audit.model import Action, Entry
from chalicelib.web.formats import size

Names = Mapping[str, str]
"""What "user:ID", "group:ID" and "node:ID" are called; ids that the reader may not see are out."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """How an entry reads: words behind the actor's name, an icon and its colour, small print."""

    words: str
    icon: str
    tone: str = ""
    detail: str = ""


_Teller = Callable[[Mapping[str, Any], Names, str], str]


def sentence(entry: Entry, names: Names) -> Sentence:
    """Tell what happened. `names` may lack anything: the words then stay general."""
    icon, tone, tell = _TELLERS[entry.action]
    words = tell(entry.details, names, names.get(entry.subject, _unnamed(entry.subject)))
    digest = entry.details.get("sha256")
    return Sentence(words, icon, tone, f"SHA-256 {digest}" if digest else _detail(entry, names))


def referred(entry: Entry) -> frozenset[str]:
    """The principals and folders whose names the entry's sentence would use."""
    details = entry.details
    found = {entry.subject} if not entry.subject.startswith("document:") else set()
    if entry.action in (Action.DOCUMENT_MOVED, Action.NODE_MOVED):
        found |= {f"node:{details[key]}" for key in ("from", "to") if details.get(key)}
    if user_id := details.get("user_id"):
        found.add(f"user:{user_id}")
    for key in ("before", "after"):
        found |= set(_grants(details.get(key)) or ())
    return frozenset(found)


def _grants(told: object) -> Mapping[str, object] | None:
    """Who held which role, where the entry says so: a spoiled one may say anything."""
    return told if isinstance(told, Mapping) else None


def _unnamed(subject: str) -> str:
    kinds = {"node": "a folder", "user": "somebody", "group": "a group"}
    return kinds.get(subject.partition(":")[0], subject)


def _place(names: Names, node_id: object) -> str:
    name = names.get(f"node:{node_id}")
    return f"“{name}”" if name else "a folder that you cannot see"


def _quoted(name: str) -> str:
    return name if name.startswith(("a ", "somebody")) else f"“{name}”"


def _added(details: Mapping[str, Any], _names: Names, _subject: str) -> str:
    octets = details.get("size")
    told = f" ({size(octets)})" if isinstance(octets, int) else ""
    return f"added version {details.get('version')}{told}"


def _renamed(what: str) -> _Teller:
    def tell(details: Mapping[str, Any], _names: Names, _subject: str) -> str:
        return f"renamed {what} from “{details.get('from')}” to “{details.get('to')}”"

    return tell


def _moved(details: Mapping[str, Any], names: Names, _subject: str) -> str:
    start, end = _place(names, details.get("from")), _place(names, details.get("to"))
    return f"moved it from {start} to {end}"


def _moved_node(details: Mapping[str, Any], names: Names, subject: str) -> str:
    start, end = _place(names, details.get("from")), _place(names, details.get("to"))
    return f"moved the folder {_quoted(subject)} from {start} to {end}"


def _with(words: str) -> _Teller:
    """Words in which {subject} is who or what the entry is about, and {…} are its details."""

    def tell(details: Mapping[str, Any], names: Names, subject: str) -> str:
        member = names.get(f"user:{details.get('user_id')}", "somebody")
        told = {"version": "?", "restored_from": "?", **details}
        return words.format_map({**told, "subject": _quoted(subject), "member": member})

    return tell


def _access(details: Mapping[str, Any], _names: Names, subject: str) -> str:
    told = "" if details.get("inherit", True) else ", which now takes none from above"
    return f"changed the access to the folder {_quoted(subject)}{told}"


def _node_created(details: Mapping[str, Any], _names: Names, subject: str) -> str:
    return f"created the folder {_quoted(str(details.get('name') or subject))}"


def _created(details: Mapping[str, Any], _names: Names, _subject: str) -> str:
    return f"filed it as No. {details.get('number')} under the name “{details.get('name')}”"


def _scanned(details: Mapping[str, Any], _names: Names, _subject: str) -> str:
    found = {"clean": "nothing harmful", "threat": "a threat"}.get(str(details.get("verdict")))
    return f"scanned version {details.get('version')} and found {found or 'no answer'}"


def _session_ended(details: Mapping[str, Any], _names: Names, _subject: str) -> str:
    return "signed out everywhere" if details.get("all") else "signed out"


def _password(details: Mapping[str, Any], _names: Names, subject: str) -> str:
    if details.get("one_time"):
        return f"gave {_quoted(subject)} a one-time password"
    return "changed their own password"


def _detail(entry: Entry, names: Names) -> str:
    before, after = _grants(entry.details.get("before")), _grants(entry.details.get("after"))
    if entry.action is not Action.ACCESS_CHANGED or before is None or after is None:
        return ""
    told = [f"{names.get(who, who)}: {role}" for who, role in after.items()]
    gone = [f"{names.get(who, who)}: none any more" for who in before if who not in after]
    return ", ".join([*told, *gone])


_TELLERS: Final[Mapping[Action, tuple[str, str, _Teller]]] = {
    Action.ACCESS_CHANGED: ("key-round", "accent", _access),
    Action.DOCUMENT_CREATED: ("file-plus", "accent", _created),
    Action.DOCUMENT_DOWNLOADED: ("download", "", _with("downloaded version {version}")),
    Action.DOCUMENT_MOVED: ("folder-input", "", _moved),
    Action.DOCUMENT_RENAMED: ("pencil", "", _renamed("it")),
    Action.DOCUMENT_RESTORED: ("undo-2", "", _with("restored it from the trash")),
    Action.DOCUMENT_ROLLED_BACK: (
        "rotate-ccw",
        "accent",
        _with("rolled it back: version {version} has the content of version {restored_from}"),
    ),
    Action.DOCUMENT_TRASHED: ("trash-2", "danger", _with("moved it to the trash")),
    Action.DOCUMENT_VIEWED: ("eye", "", _with("looked at version {version}")),
    Action.ENTRY_SPOILED: (
        "triangle-alert",
        "danger",
        _with("left an entry that was spoiled since and cannot be read"),
    ),
    Action.GROUP_CHANGED: ("users-round", "", _with("changed the group {subject}")),
    Action.GROUP_CREATED: ("users-round", "accent", _with("created the group {subject}")),
    Action.GROUP_DELETED: ("users-round", "danger", _with("deleted a group")),
    Action.GROUP_MEMBER_ADDED: (
        "user-plus",
        "",
        _with("put {member} into the group {subject}"),
    ),
    Action.GROUP_MEMBER_REMOVED: ("user", "", _with("took {member} out of the group {subject}")),
    Action.NODE_CREATED: ("folder-plus", "accent", _node_created),
    Action.NODE_MOVED: ("folder-input", "", _moved_node),
    Action.NODE_RENAMED: ("pencil", "", _renamed("a folder")),
    Action.NODE_RESTORED: ("undo-2", "", _with("restored the folder {subject} from the trash")),
    Action.NODE_TRASHED: ("trash-2", "danger", _with("moved the folder {subject} to the trash")),
    Action.PASSWORD_CHANGED: ("key-round", "", _password),
    Action.SESSION_ENDED: ("log-out", "", _session_ended),
    Action.SESSION_STARTED: ("monitor", "", _with("signed in")),
    Action.SETTINGS_CHANGED: ("info", "", _with("changed a setting")),
    Action.UPLOAD_ABANDONED: ("ban", "", _with("did not finish uploading version {version}")),
    Action.UPLOAD_REJECTED: (
        "shield-alert",
        "danger",
        _with("sent wrong bytes for version {version}, which were refused"),
    ),
    Action.USER_CHANGED: ("user", "", _with("changed what is known of {subject}")),
    Action.USER_CREATED: ("user-plus", "accent", _with("made {subject} known")),
    Action.USER_DISABLED: ("ban", "danger", _with("disabled {subject}")),
    Action.USER_ENABLED: ("user", "", _with("enabled {subject} again")),
    Action.VERSION_ADDED: ("upload", "accent", _added),
    Action.VERSION_BEGUN: ("upload", "", _with("began to upload version {version}")),
    Action.VERSION_SCANNED: ("shield-check", "", _scanned),
}
