"""What people can see of what a try has touched, with ids, digests and times made symbolic.

Two states are equal when some renaming of ids makes one the other: ids get the colour of the rows
that name them, refined until neighbours differ (Weisfeiler and Leman's).
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.transaction import Key, Row, Table

READS = ("document_viewed", "document_downloaded", "session_started", "session_ended")
"""Entries that tell of looking and of coming and going; each request for one is told."""
_TIME = re.compile(r"\d{4}-\d\d-\d\d([Tt]\d\d(:\d\d:\d\d(\.\d+)?[Zz])?)?")
_NAME = re.compile(r"(?<![0-9a-z])([0-9a-f]{64}|[0-9a-z]{26}|[0-9a-z]{12})(?![0-9a-z])")
_NUMBER = re.compile(r"^NUMBER#\d+$")
_HIDDEN = frozenset(
    {
        # who works on a row, and when and under which transaction it was written
        *("txn", "claim", "claimed_until", "seen_at", "expires", "whereabouts", "lease"),
        # where a mail stands on its way out
        *("attempts", "due_pk", "due_sk", "last_answer", "relay_id"),
        # what is random, secret, or a bound that may be too high
        *("password_hash", "object_version", "height", "number"),
        # where an entry stands in whichever chain it came to lie, and who acted from where
        *("hash", "previous", "seq", "chain", "chain_hash", "transaction_id"),
        *("time_pk", "time_sk", "actor_pk", "actor_sk", "context_id", "context_digest"),
    }
)
_BOOKKEEPING = ("COUNTER", "EPOCH", "TRY#", "IDEMPOTENCY#", "CTX#", "FIRST_", "ADMINISTRATORS")
_ROUNDS = 4

State = Counter[str]
"""Each visible row as text, ids replaced by their colours."""


def visible(rows: Mapping[Key, Row], known: Mapping[str, str]) -> State:
    """The visible state in rows; `known` names ids that all states have in common."""
    texts = [text for key, row in rows.items() if (text := _shown(key, row, known))]
    colours = dict.fromkeys((m[1] for text in texts for m in _NAME.finditer(text)), "")
    for _ in range(_ROUNDS):
        seen: dict[str, list[str]] = {name: [] for name in colours}
        for text in texts:
            for name in {m[1] for m in _NAME.finditer(text)}:
                seen[name].append(_coloured(text, {**colours, name: "*"}))
        colours = {name: _digest(sorted(told)) for name, told in seen.items()}
    return Counter(_coloured(text, colours) for text in texts)


def difference(found: State, wanted: State) -> str:
    """What one state has and the other has not, for a person to read."""
    more, less = _plain(found), _plain(wanted)
    told = [f"+ {text}" for text in (more - less).elements()]
    told += [f"- {text}" for text in (less - more).elements()]
    return "\n".join(told) or "the same rows, but they name one another in another way"


def _plain(state: State) -> Counter[str]:
    return Counter(re.sub(r"~[0-9a-f]*", "~", text) for text in state.elements())


def _shown(key: Key, row: Row, known: Mapping[str, str]) -> str | None:
    if key.pk.startswith(_BOOKKEEPING):
        return None
    if key.table is Table.AUDIT and row.get("action") in READS:
        return None
    place = "audit" if key.table is Table.AUDIT else f"{key.pk}|{key.sk}"
    told = {name: value for name, value in row.items() if name not in ("pk", "sk", *_HIDDEN)}
    if key.sk.startswith("V#") and told.get("state") == "verifying":
        told["state"] = "pending"  # its bytes are on their way, to whoever looks
    if "upload" in told:
        told["upload"] = {**told["upload"], "multipart_id": told["upload"]["multipart_id"] and "*"}
    if isinstance(told.get("details"), Mapping):
        told["details"] = {n: v for n, v in told["details"].items() if n != "number"}
    place = _NUMBER.sub("NUMBER#", place) if "|" not in place else place
    place = re.sub(r"^NUMBER#\d+\|", "NUMBER#|", place)
    text = f"{key.table.value}|{place}|{_written(told)}".lower()  # names of tests come capitalised
    for id_, name in known.items():
        text = text.replace(id_, f"<{name}>")
    return text


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        inner = ",".join(f"{k}:{_written(v)}" for k, v in sorted(value.items()) if v is not None)
        return "{" + inner + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_written, value)) + "]"
    return _TIME.sub("<time>", str(value))


def _coloured(text: str, colours: Mapping[str, str]) -> str:
    text = _TIME.sub("<time>", text)
    return _NAME.sub(lambda m: f"~{colours.get(m[1], '')}", text)


def _digest(parts: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:10]
