import itertools
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ReadTimeoutError

from chalicelib.clock import utc_text
from chalicelib.notify.deliver import Mailroom, deliver, deliver_written, sweep
from chalicelib.notify.model import Mail, State
from chalicelib.notify.outbox import mail_put
from chalicelib.notify.relays import MailDelayed, MailRefused
from chalicelib.notify.store import mail_key
from chalicelib.transaction import housekeep
from tests.fakes.database import FakeDatabase


@dataclass
class Relay:
    letters: list = field(default_factory=list)
    troubles: list = field(default_factory=list)

    def send(self, letter):
        self.letters.append(letter)
        if self.troubles:
            raise self.troubles.pop(0)
        return f"relay-{len(self.letters)}"


class Post:
    def __init__(self):
        self.moment = datetime(2031, 5, 6, tzinfo=UTC)
        self.database = FakeDatabase()
        self.relay = Relay()
        numbers = itertools.count()
        self.room = Mailroom(
            database=self.database,
            relay=self.relay,
            now=lambda: self.moment,
            new_id=lambda: f"id{next(numbers)}",
            sender="PaperTrail <noreply@dms.example.com>",
        )

    def put(self, mail_id="m1", template="invitation", **parameters):
        put = mail_put(
            mail_id=mail_id,
            to="zoe@example.com",
            template=template,
            parameters={
                "name": "Zoë",
                "username": "zoe",
                "portal_url": "https://p.example",
                **parameters,
            },
            at=utc_text(self.moment),
        )
        housekeep(self.database, transaction_id=f"t-{mail_id}", changes=[put])

    def row(self, mail_id="m1"):
        return self.database.rows[mail_key(mail_id)]


@pytest.fixture
def post():
    made = Post()
    made.put()
    return made


def test_a_mail_is_sent_once(post):
    assert deliver(post.room, "m1") is State.SENT
    assert deliver(post.room, "m1") is None
    assert sweep(post.room) == {}
    assert len(post.relay.letters) == 1
    row = post.row()
    assert (row["state"], row["relay_id"], row["attempts"]) == ("sent", "relay-1", 1)
    assert "due_pk" not in row


def test_two_workers_send_one_mail(post):
    overtaken = []

    def overtake(operation):
        if operation == "write" and not overtaken:
            overtaken.append(True)
            assert deliver(post.room, "m1") is State.SENT

    post.database.before = overtake
    assert deliver(post.room, "m1") is None
    assert len(post.relay.letters) == 1


def test_unknown_mail_is_nothing_to_do(post):
    assert deliver(post.room, "none") is None


def test_a_delayed_mail_waits_longer_each_time_and_then_fails(post):
    post.relay.troubles = [MailDelayed("slow down")] * 99
    waits = []
    started = post.moment
    while post.row()["state"] == "pending":
        if sweep(post.room):
            waits.append(round((post.moment - started).total_seconds() / 60))
        post.moment += timedelta(minutes=1)
    assert waits[:5] == [0, 1, 6, 21, 81]
    assert len(waits) == 12
    row = post.row()
    assert (row["state"], row["last_answer"]) == ("failed", "slow down")
    assert "due_pk" not in row
    assert sweep(post.room) == {}


def test_every_attempt_bears_the_same_message_id(post):
    post.relay.troubles = [MailDelayed("lost")]
    deliver(post.room, "m1")
    post.moment += timedelta(minutes=1)
    assert deliver(post.room, "m1") is State.SENT
    assert {letter.message_id for letter in post.relay.letters} == {"<m1@dms.example.com>"}


def test_a_refused_mail_fails_at_once_and_is_kept(post):
    post.relay.troubles = [MailRefused("MessageRejected: no")]
    assert deliver(post.room, "m1") is State.FAILED
    assert post.row()["last_answer"] == "MessageRejected: no"


def test_a_worker_that_dies_leaves_a_mail_that_is_tried_again(post):
    class Killed(BaseException):
        pass

    post.relay.troubles = [Killed()]
    with pytest.raises(Killed):
        deliver(post.room, "m1")
    assert deliver(post.room, "m1") is None
    post.moment += timedelta(minutes=1)
    assert sweep(post.room) == {"m1": State.SENT}


def test_a_mail_that_keeps_killing_its_worker_fails_in_the_end(post):
    post.put("m2", template="no_such_template")
    deliver(post.room, "m1")
    for _ in range(12):
        with pytest.raises(ExceptionGroup):
            sweep(post.room)
        post.moment += timedelta(hours=1)
    assert sweep(post.room) == {"m2": State.FAILED}


def test_one_bad_mail_holds_up_no_other(post):
    post.put("m0", template="no_such_template")
    with pytest.raises(ExceptionGroup):
        deliver_written(post.room, ["OUTBOX#m0", "UPLOAD#m1", "OUTBOX#m1"])
    assert post.row("m1")["state"] == "sent"


def test_the_longest_waiting_go_first(post):
    post.moment += timedelta(seconds=1)
    post.put("m0")
    sweep(post.room)
    assert [letter.message_id[1:3] for letter in post.relay.letters] == ["m1", "m0"]


def silence(*_anything):
    raise ReadTimeoutError(endpoint_url="https://aws.example")


def noting(changes):
    return any(getattr(change, "values", {}).get("state") == "sent" for change in changes)


@pytest.mark.parametrize("carried_out", [True, False])
def test_that_a_mail_was_sent_is_noted_although_aws_fails_for_a_moment(post, carried_out):
    committed, failures = post.database.commit, [silence, silence]

    def commit(changes, *, token):
        fail = failures.pop() if noting(changes) and failures else None
        if fail is None or carried_out:
            committed(changes, token=token)
        if fail:
            fail()

    post.database.commit = commit
    assert deliver(post.room, "m1") is State.SENT
    assert (post.row()["state"], post.row()["relay_id"]) == ("sent", "relay-1")
    post.moment += timedelta(hours=1)
    assert sweep(post.room) == {}
    assert len(post.relay.letters) == 1


AT = "2031-05-06T00:00:00.000Z"
DUE = Mail(
    id="m",
    to="zoe@example.com",
    template="password_changed",
    parameters={},
    state=State.PENDING,
    attempts=0,
    created_at=AT,
    next_attempt_at=AT,
)


@pytest.mark.parametrize(
    ("changes", "due"),
    [
        ({}, True),
        ({"next_attempt_at": "2031-05-05T23:59:59.999Z"}, True),
        ({"next_attempt_at": "2031-05-06T00:00:00.001Z"}, False),
        ({"next_attempt_at": None}, False),
        ({"state": State.SENT}, False),
        ({"state": State.FAILED}, False),
    ],
)
def test_a_mail_is_due_while_it_is_pending_and_its_time_has_come(changes, due):
    assert replace(DUE, **changes).is_due(AT) is due
