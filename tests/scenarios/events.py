"""Events for the functions behind queues, streams and timers."""

import json
from collections.abc import Mapping
from typing import Any

from tests.scenarios.model import Event, scenario
from tests.scenarios.plots import (
    administrator,
    document,
    everyone_signs_in,
    fresh,
    sent_upload,
    upload,
)
from tests.support.world import World, good

TIMER: Mapping[str, Any] = {
    "version": "0",
    "id": "timer",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "account": "000000000000",
    "time": "2031-05-06T07:08:09Z",
    "region": "us-east-1",
    "resources": ["arn:aws:events:us-east-1:000000000000:rule/timer"],
    "detail": {},
}


@scenario("event upload_arrived", "bytes have arrived")
def _arrived(world: World) -> Event:
    return arrival(world, sent_upload(world))


def arrival(world: World, begun: Any) -> Event:
    """What S3 tells of the sent bytes of an upload."""
    version = begun["version"]
    s3 = world.client("s3")  # type: ignore[attr-defined]
    prefix = f"uploads/{version['document_id']}/{version['number']:06d}/"
    listed = s3.list_objects_v2(Bucket=world.config.staging_bucket, Prefix=prefix)
    key = listed["Contents"][0]["Key"]
    told = {"Records": [{"s3": {"bucket": {"name": "staging"}, "object": {"key": key}}}]}
    record = {
        "messageId": "1",
        "receiptHandle": "1",
        "body": json.dumps(told),
        "attributes": {},
        "messageAttributes": {},
        "md5OfBody": "",
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:uploads",
        "awsRegion": "us-east-1",
    }
    return Event(module="uploads", function="upload_arrived", payload={"Records": [record]})


@scenario("event sweep_uploads", "one upload is past its time")
def _sweep_uploads(world: World) -> Event:
    event = Event(module="uploads", function="sweep_uploads", payload=TIMER)
    _days_go_by(world, hours=25)
    event.send()
    upload(world)
    _days_go_by(world, hours=25)
    return event


@scenario("event deliver_outbox", "one mail was written")
def _deliver(world: World) -> Event:
    return delivery(mail(world))


def delivery(mail_id: str) -> Event:
    """What the stream tells of a new mail."""
    record = {
        "eventID": "1",
        "eventName": "INSERT",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_900_000_000,
            "Keys": {"pk": {"S": f"OUTBOX#{mail_id}"}, "sk": {"S": "MAIL"}},
            "NewImage": {},
            "SequenceNumber": "1",
            "SizeBytes": 1,
            "StreamViewType": "NEW_IMAGE",
        },
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:000000000000:table/work/stream/1",
    }
    return Event(module="outbox", function="deliver_outbox", payload={"Records": [record]})


@scenario("event sweep_outbox", "one mail was missed")
def _sweep_outbox(world: World) -> Event:
    Event(module="outbox", function="sweep_outbox", payload=TIMER).send()
    mail(world)
    return Event(module="outbox", function="sweep_outbox", payload=TIMER)


@scenario("event anchor_hourly", "one hour with one document")
def _anchor_hourly(world: World) -> Event:
    event = Event(module="anchors", function="anchor_hourly", payload=TIMER)
    _days_go_by(world, hours=2)
    event.send()
    document(world)
    world.pass_time(hours=1)
    return event


@scenario("event anchor_nightly", "a night")
def _anchor_nightly(world: World) -> Event:
    hourly = _anchor_hourly(world)
    _days_go_by(world, hours=24)
    hourly.send()
    return Event(module="anchors", function="anchor_nightly", payload=TIMER)


@scenario("event scan_verdict", "nothing was found")
def _verdict(world: World) -> Event:
    return verdict(world, document(world), "NO_THREATS_FOUND")


def verdict(world: World, document_id: str, status: str) -> Event:
    """What the scanner tells of a stored version of a document."""
    s3 = world.client("s3")  # type: ignore[attr-defined]
    prefix = f"documents/{document_id}/"
    listed = s3.list_object_versions(Bucket=world.config.files_bucket, Prefix=prefix)["Versions"]
    detail = {
        "s3ObjectDetails": {
            "bucketName": world.config.files_bucket,
            "objectKey": listed[0]["Key"],
        },
        "scanResultDetails": {"scanResultStatus": status},
    }
    return Event(module="scans", function="scan_verdict", payload={**TIMER, "detail": detail})


def mail(world: World) -> str:
    """An invitation that has not gone out; the mail's id."""
    word = fresh(world, "person").replace(" ", "-")
    body = {"name": word, "username": word, "email": f"{word}@example.com", "invite": True}
    good(administrator(world).post("/v1/users", body), 201)
    found = world.client("dynamodb").query(  # type: ignore[attr-defined]
        TableName=next(name for table, name in world.config.tables.items() if table == "work"),
        IndexName="due",
        KeyConditionExpression="due_pk = :due",
        ExpressionAttributeValues={":due": {"S": "OUTBOX"}},
    )
    address = f"{word}@example.com"
    return next(str(item["id"]["S"]) for item in found["Items"] if item["to"]["S"] == address)


def _days_go_by(world: World, **delta: float) -> None:
    world.pass_time(**delta)
    everyone_signs_in(world)
