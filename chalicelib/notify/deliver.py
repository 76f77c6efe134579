"""Deliver what lies in the outbox: each mail once, or again where an answer was lost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from chalicelib.clock import utc_text
from chalicelib.errors import Busy
from chalicelib.notify.compose import compose
from chalicelib.notify.model import MAX_ATTEMPTS, Mail, State, wait_after
from chalicelib.notify.relays import MailDelayed, MailRefused, MailRelay
from chalicelib.notify.store import get_mail, list_due, mail_id_of, update_mail
from chalicelib.outages import is_outage
from chalicelib.transaction import Database, housekeep, settle

_LONGEST_ANSWER = 500
SWEPT_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailroom:
    """The desk for mail; `sender` is the From address of everything that it sends."""

    database: Database
    relay: MailRelay
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    sender: str


def deliver(mailroom: Mailroom, mail_id: str) -> State | None:
    """Try to send one mail, if it is due and no other worker is at it.

    Before the relay is asked, the attempt is counted and the next one set: a worker that dies
    leaves a mail that is tried again. After twelve attempts it has failed, and is kept.

    Returns:
        Where the mail stands now; None: this worker had nothing to do.
    """
    found = get_mail(mailroom.database, mail_id)
    if found is None or not found.is_due(utc_text(mailroom.now())):
        return None
    mail = _claimed(mailroom, found)
    if mail is None:
        return None
    if mail.attempts > MAX_ATTEMPTS:
        return _fail(mailroom, mail, "the last attempt did not come to an end")
    return _send(mailroom, mail)


def deliver_written(mailroom: Mailroom, partition_keys: Iterable[str]) -> dict[str, State]:
    """Deliver those of some rows of table work, just written, that are mails.

    Returns:
        The new state by mail id, of those that this call tried.

    Raises:
        ExceptionGroup: some could not be tried for a fault of ours; all others were.
    """
    found = map(mail_id_of, partition_keys)
    return _deliver_all(mailroom, [mail_id for mail_id in found if mail_id])


def sweep(mailroom: Mailroom) -> dict[str, State]:
    """Deliver what is due and was missed or put off, the longest waiting first.

    At most 100 mails a call.

    Returns:
        The new state by mail id, of those that this call tried.

    Raises:
        ExceptionGroup: some could not be tried for a fault of ours; all others were.
    """
    now = utc_text(mailroom.now())
    due = list_due(mailroom.database, now=now, limit=SWEPT_AT_ONCE)
    return _deliver_all(mailroom, [mail.id for mail in due])


def _deliver_all(mailroom: Mailroom, mail_ids: list[str]) -> dict[str, State]:
    states: dict[str, State] = {}
    faults: list[Exception] = []
    for mail_id in mail_ids:
        try:
            state = deliver(mailroom, mail_id)
        except Exception as error:  # noqa: BLE001 - one mail's fault must not hold up the next
            faults.append(error)
            continue
        if state is not None:
            states[mail_id] = state
    if faults:
        raise ExceptionGroup("mails that could not be delivered", faults)
    return states


def _claimed(mailroom: Mailroom, mail: Mail) -> Mail | None:
    """The mail with this attempt counted and the next one set; None: another worker has it."""
    attempts = mail.attempts + 1
    later = utc_text(mailroom.now() + wait_after(attempts))
    claimed = replace(mail, attempts=attempts, next_attempt_at=later)
    try:
        _move(mailroom, mail, claimed)
    except Busy:
        return None
    return claimed


def _send(mailroom: Mailroom, mail: Mail) -> State:
    letter = compose(mail, sender=mailroom.sender, now=mailroom.now())
    try:
        relay_id = mailroom.relay.send(letter)
    except MailRefused as error:
        return _fail(mailroom, mail, str(error))
    except MailDelayed as error:
        if mail.attempts >= MAX_ATTEMPTS:
            return _fail(mailroom, mail, str(error))
        _move(mailroom, mail, mail, last_answer=str(error)[:_LONGEST_ANSWER])
        return State.PENDING
    sent = replace(mail, state=State.SENT, next_attempt_at=None)
    _note_sent(mailroom, mail, sent, relay_id=relay_id, sent_at=utc_text(mailroom.now()))
    return State.SENT


def _note_sent(mailroom: Mailroom, before: Mail, sent: Mail, **told: str) -> None:
    """Write down that the relay has the mail, again and again while AWS fails: or it goes twice."""
    transaction_id = mailroom.new_id()

    def attempt() -> None:
        changes = [update_mail(sent, before=before, **told)]
        try:
            housekeep(mailroom.database, transaction_id=transaction_id, changes=changes)
        except Exception as error:
            if is_outage(error):
                raise Busy from error
            raise

    settle(attempt)


def _fail(mailroom: Mailroom, mail: Mail, answer: str) -> State:
    failed = replace(mail, state=State.FAILED, next_attempt_at=None)
    _move(mailroom, mail, failed, last_answer=answer[:_LONGEST_ANSWER])
    return State.FAILED


def _move(mailroom: Mailroom, before: Mail, after: Mail, **told: str) -> None:
    changes = [update_mail(after, before=before, **told)]
    housekeep(mailroom.database, transaction_id=mailroom.new_id(), changes=changes)
