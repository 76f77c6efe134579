"""Watches what a try does at AWS: rows written, mails sent, and who in the product was at it."""

import email
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.transaction import Key, Table
from tests.faults.breaks.ways import Killed
from tests.scenarios.aws_calls import AwsCall, Listener, Perform, let

_WATCHED = ("chalicelib.", "infra.")
_BUILDING = ("CreateTable", "CreateBucket", "CreateKey", "CreateEmailIdentity")
"""What only the making of a stage calls."""
_ACTIONS = ("Put", "Update", "Delete")


@dataclass
class Watch:
    """A listener around another one.

    Attributes:
        names: tables by the stage's names of them.
        listener: who decides whether a call happens.
        keys: rows that were written, or may have been, in order.
        writers: functions of the product, as module:name, under which a writing call was made.
        sent: how often SES took each mail, by its own Message-ID and by our Original-Message-ID.
        unsure: how often SES took it, but its answer did not arrive, or died with the process.
        unnoted: mails that SES took, and that no row says so of yet.
        strange: mails that are not as they must be.
    """

    names: Mapping[str, Table]
    listener: Listener = let
    keys: dict[Key, None] = field(default_factory=dict)
    writers: set[str] = field(default_factory=set)
    sent: Counter[str] = field(default_factory=Counter)
    unsure: Counter[str] = field(default_factory=Counter)
    unnoted: set[str] = field(default_factory=set)
    strange: list[str] = field(default_factory=list)

    def __call__(self, call: AwsCall, perform: Perform) -> Mapping[str, Any]:
        """Watch a call on its way to the listener."""
        if call.operation in _BUILDING:
            return perform()
        if call.writes:
            self.writers.update(_frames())
            self.keys.update(dict.fromkeys(self._written(call)))
        taken: list[str] = []

        def performed() -> Mapping[str, Any]:
            answer = perform()
            if call.operation == "SendEmail":
                taken.append(self._mailed(call))
            elif call.writes:
                self.unnoted.clear()
            return answer

        try:
            answer = self.listener(call, performed)
        except Killed:
            # What the relay said died with the process that was told.
            self.unsure.update({*taken, *self.unnoted})
            self.unnoted.clear()
            raise
        except BaseException:
            self.unsure.update(taken)
            raise
        self.unnoted.update(taken)
        return answer

    def _mailed(self, call: AwsCall) -> str:
        letter = email.message_from_bytes(call.parameters["Content"]["Raw"]["Data"])
        own, ours = letter["Message-ID"], letter["Original-Message-ID"]
        if own != ours:
            self.strange.append(f"a mail is {own} and {ours} at once")
        self.sent[ours] += 1
        return str(ours)

    def _written(self, call: AwsCall) -> Iterator[Key]:
        if call.service != "dynamodb":
            return
        told = call.parameters
        if call.operation == "TransactWriteItems":
            actions = [each[kind] for each in told["TransactItems"] for kind in each]
            writing = [kind in _ACTIONS for each in told["TransactItems"] for kind in each]
            changed = [action for action, does in zip(actions, writing, strict=True) if does]
        else:
            changed = [told]
        for change in changed:
            place = change.get("Item") or change["Key"]
            yield Key(self.names[change["TableName"]], place["pk"]["S"], place["sk"]["S"])


def _frames() -> Iterator[str]:
    frame = sys._getframe(2)
    while frame is not None:
        module = frame.f_globals.get("__name__", "")
        if module.startswith(_WATCHED):
            yield f"{module}:{frame.f_code.co_qualname.partition('.<locals>')[0]}"
        frame = frame.f_back
