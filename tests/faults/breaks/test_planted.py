"""The section finds what it is there to find: known defects, planted, are each reported."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.desk import child_of_document
from chalicelib.notify.compose import compose
from chalicelib.notify.model import State
from chalicelib.notify.store import get_mail, update_mail
from chalicelib.transaction import housekeep
from tests.faults.breaks.plans import plan
from tests.faults.breaks.test_breaks import run
from tests.faults.breaks.tries import attempted, traced
from tests.faults.breaks.unreached import unreached
from tests.scenarios.events import mail as written_mail
from tests.scenarios.model import Scenario
from tests.scenarios.plots import document
from tests.support.world import World

__all__ = ["run"]

pytestmark = pytest.mark.faults


@dataclass(frozen=True)
class Planted:
    """A use case as nobody should write it."""

    world: World
    id: str

    def send(self) -> None:
        raise AssertionError

    def renamed(self) -> tuple[Any, Any, Any]:
        filing = self.world.wiring.filing
        was = filing.store.document(self.id)
        document = replace(was, name=f"{was.name} anew", rev=was.rev + 1)
        return filing, was, document


class InTwoCalls(Planted):
    def send(self) -> None:
        filing, was, document = self.renamed()
        told = {"from": was.name, "to": document.name}
        transaction_id = self.world.wiring.new_id()
        document, entry = filing.tell(
            "system:test", document, Action.DOCUMENT_RENAMED, transaction_id=transaction_id, **told
        )
        filing.commit(transaction_id, [changes.put_document(document, was=was)], [entry])
        rows = changes.relisted(*(child_of_document(each, "a/b") for each in (was, document)))
        housekeep(filing.store.database, transaction_id=f"{transaction_id}2", changes=rows)


class WithoutAnEntry(Planted):
    def send(self) -> None:
        filing, was, document = self.renamed()
        rows = [changes.put_document(document, was=was)]
        rows += changes.relisted(*(child_of_document(each, "a/b") for each in (was, document)))
        transaction_id = self.world.wiring.new_id()
        housekeep(filing.store.database, transaction_id=transaction_id, changes=rows)


class SentBeforeClaimed(Planted):
    def send(self) -> None:
        room = self.world.wiring.mailroom
        mail = get_mail(room.database, self.id)
        if mail.state is State.PENDING:
            room.relay.send(compose(mail, sender=room.sender, now=room.now()))
            sent = replace(mail, state=State.SENT, next_attempt_at=None)
            rows = [update_mail(sent, before=mail)]
            housekeep(room.database, transaction_id=room.new_id(), changes=rows)


def found(run, ready):
    """What is reported of a use case, every call broken in every way."""
    scenario = Scenario(entry="planted", what="defect", ready=ready)
    trace = traced(run.world, scenario, run.watch)
    told = [
        attempted(run.world, scenario, run.watch, trace, point.breaker())
        for point in plan(trace.calls)
        if trace.calls[point.number - 1].writes
    ]
    run.watch.sent.clear()
    return "\n".join(failure for failures in told for failure in failures or ())


def test_rows_that_belong_together_written_in_two_calls_are_a_half_thing(run):
    assert "a half thing is visible" in found(run, lambda w: InTwoCalls(w, document(w)))


def test_a_change_without_its_entry_is_no_state_that_the_audit_tells(run):
    assert "the audit tells" in found(run, lambda w: WithoutAnEntry(w, document(w)))


def test_a_mail_sent_before_its_claim_goes_out_twice(run):
    assert "went out 2 times" in found(run, lambda w: SentBeforeClaimed(w, written_mail(w)))


def test_a_use_case_left_out_is_missed(run):
    assert "chalicelib.documents.create_node:create_node" in unreached(
        run.watch.writers - {"chalicelib.documents.create_node:create_node"}
    )
