"""Answers and rows told so that two orders of the same deeds can be compared.

Every try begins from the very same rows, at the same frozen moment, so ids, names and times of
before need no translation. What a try makes anew does: ids, secrets, digests over them, numbers.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.documents.rows import COUNTER_KEY
from chalicelib.identity.passwords import Vault
from chalicelib.transaction import Key, Row, Table
from tests.faults.pairs.kept import State
from tests.faults.pairs.worker import Outcome

_ID = re.compile(r"(?<![0-9a-z])[0-9a-z]{26}(?![0-9a-z])")
_DIGEST = re.compile(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")
# Random, or made of what is: a linking row or the answer beside it shows whether they are right.
_NEW_EACH_TIME = frozenset(
    {
        "url",
        "one_time_password",
        "csrf_token",
        "object_version",
        "multipart_id",
        "txn",
        "request_id",
        "relay_id",
        "previous",  # of an entry: chains are verified after each try
        "salt",
        "time_pk",  # holds a digit of the digest of a chain's name
        "seed",
    }
)
_REFUSED = 400
_NOT_ANY_MORE = (401, 403, 404)
"""Whoever was disabled or signed out meanwhile may not any more, and what was theirs is gone: a
request that was let in before is told one of them. Nothing is done in any case."""
_TOLD_HEADERS = ("etag",)
_PLACES_OF_SYSTEM_ENTRIES = ("pk", "sk", "time_pk", "time_sk", "actor_sk", "chain", "seq")


class Plain:
    """Translates what was made since `before`.

    Args:
        before: the state that each try begins from.
        passwords: label -> password; a stored hash is told by the label of what fits it.
    """

    def __init__(self, before: State, passwords: Mapping[str, str]) -> None:
        known = json.dumps([dict(item) for item in before.items.values()], default=str)
        keys = " ".join(f"{key.pk} {key.sk}" for key in before.items)
        self._ids = set(_ID.findall(known + keys))
        self._digests = set(_DIGEST.findall(known + keys))
        counter = before.rows.get(COUNTER_KEY, {})
        self._numbers = max((v for v in counter.values() if isinstance(v, int)), default=0)
        self._passwords, self._told = passwords, dict[str, str]()
        self._vault = Vault(memory_kib=8, rounds=1)

    def answer(self, outcome: Outcome) -> Mapping[str, Any]:
        """What the party was told."""
        if outcome.raised is not None:
            return {"raised": outcome.raised}
        body: Any = None
        if outcome.text.startswith("{"):
            body = json.loads(outcome.text)
        status = outcome.status
        if status is not None and status >= _REFUSED:
            body = {"type": body.get("type")} if isinstance(body, dict) else None
        if status in _NOT_ANY_MORE:
            status, body = _NOT_ANY_MORE[0], None
        headers = {name: outcome.headers[name] for name in _TOLD_HEADERS if name in outcome.headers}
        told = {"status": status, "headers": headers, "body": body, "mails": outcome.mails}
        return {name: self.value(part) for name, part in told.items()}

    def changes(self, before: State, after: State, passwords: Mapping[str, str]) -> Sequence[str]:
        """What is different from before: rows and objects, one line each, in order."""
        self._told = passwords
        was, now = before.rows, after.rows
        lines = [f"gone: {key}" for key in was.keys() - now.keys()]
        # A number that was drawn and not used leaves a gap, which is nobody's loss.
        changed = (key for key, row in now.items() if was.get(key) != row and key != COUNTER_KEY)
        lines += [self._row(key, now[key]) for key in changed]
        for place in before.objects.keys() | after.objects.keys():
            count = len(after.objects.get(place, ()))
            if count != len(before.objects.get(place, ())):
                lines.append(f"{self.value(place[1])}: {count} versions")
        return sorted(lines)

    def value(self, value: Any, name: str = "") -> Any:
        """A part of an answer or of a row, told."""
        if value is None or name in _NEW_EACH_TIME:
            return value and f"<{name}>"
        if name == "password_hash":
            return self._fitting(value)
        if isinstance(value, Mapping):
            return {self.value(key): self.value(part, key) for key, part in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(part) for part in value]
        if isinstance(value, str):
            return self._text(value)
        return "<number>" if name == "number" and value > self._numbers else value

    def _text(self, text: str) -> str:
        if text.startswith("{"):  # an answer that is kept for a repeat
            return json.dumps(self.value(json.loads(text)), sort_keys=True)
        text = _DIGEST.sub(lambda found: self._known(found[0], self._digests, "<digest>"), text)
        return _ID.sub(lambda found: self._known(found[0], self._ids, "<id>"), text)

    @staticmethod
    def _known(text: str, known: set[str], label: str) -> str:
        return text if text in known else label

    def _row(self, key: Key, row: Row) -> str:
        told = dict(row)
        place = f"{key.table} {self.value(key.pk)} {self.value(key.sk)}"
        if key.table is Table.AUDIT and key.pk.startswith("S#"):
            # Which chain, and after what, is chance; the invariants look at the chains.
            place = "system entry"
            for name in _PLACES_OF_SYSTEM_ENTRIES:
                told.pop(name, None)
        if key.pk.startswith("NUMBER#"):
            place = "number"
            told.pop("pk", None)
        return f"{place}: {json.dumps(self.value(told), sort_keys=True, default=str)}"

    def _fitting(self, stored: str) -> str:
        known = {**self._passwords, **self._told}
        fits = [label for label, each in known.items() if self._vault.fits(each, stored)]
        return fits[0] if fits else "<another password>"
