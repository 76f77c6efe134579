"""The Lambda functions of the outbox, on events as AWS sends them."""

import pytest
from chalice.app import DynamoDBEvent

from chalicelib import wiring
from functions.events.outbox import deliver_outbox, sweep_outbox
from tests.unit.notify.test_deliver import Post


@pytest.fixture
def post():
    made = Post()
    made.put()

    class Rooms:
        mailroom = made.room

    wiring.use(Rooms())
    yield made
    wiring.use(None)


def written(pk, event_name="INSERT"):
    return {
        "eventName": event_name,
        "eventID": "1",
        "awsRegion": "us-east-1",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_900_000_000,
            "Keys": {"pk": {"S": pk}, "sk": {"S": "MAIL"}},
            "NewImage": {},
            "SequenceNumber": "1",
            "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:1:table/work/stream/1",
    }


def stream(*records):
    return {"Records": list(records)}, None


def test_a_new_mail_goes_out_as_it_is_written_and_once(post):
    for _ in range(2):
        deliver_outbox(*stream(written("OUTBOX#m1"), written("SEAL#x"), written("OUTBOX#none")))
    assert len(post.relay.letters) == 1


def test_the_changes_of_a_mail_send_nothing(post):
    deliver_outbox(*stream(written("OUTBOX#m1", "MODIFY"), written("OUTBOX#m1", "REMOVE")))
    assert post.relay.letters == []


def test_a_fault_is_raised_so_that_the_alarm_rings_and_the_other_mail_is_sent(post):
    post.put("m0", template="no_such_template")
    with pytest.raises(ExceptionGroup):
        deliver_outbox(*stream(written("OUTBOX#m0"), written("OUTBOX#m1")))
    assert post.row("m1")["state"] == "sent"


def test_the_sweep_finds_what_the_stream_did_not_show(post):
    event = {"id": "1", "account": "1", "region": "r", "detail": {}, "detail-type": "Scheduled"}
    sweep_outbox(
        {**event, "source": "aws.events", "time": "t", "resources": [], "version": "0"}, None
    )
    assert post.row()["state"] == "sent"


def test_events_are_read_as_chalice_reads_them():
    (record,) = DynamoDBEvent(stream(written("OUTBOX#m1"))[0], None)
    assert (record.event_name, record.keys["pk"]["S"]) == ("INSERT", "OUTBOX#m1")


def test_a_record_that_cannot_be_read_holds_up_no_other(post):
    for spoiled in ({}, {"eventName": "INSERT", "dynamodb": {"Keys": None}}, [], "x"):
        deliver_outbox(*stream(spoiled, written("OUTBOX#m1")))
    assert len(post.relay.letters) == 1
