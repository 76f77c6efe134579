"""Workers of the outbox: mail goes out as its row appears, and a sweep finds what was missed."""

import os
from typing import Any

from chalice.app import Blueprint, DynamoDBEvent, Rate

from chalicelib.notify import deliver
from chalicelib.wiring import wired
from functions.log import logger

outbox = Blueprint(__name__)


@outbox.on_dynamodb_record(
    stream_arn=os.environ.get(
        "PAPERTRAIL_WORK_STREAM_ARN", "arn:aws:dynamodb:::table/work/stream/0"
    ),
    batch_size=10,
    name="deliver_outbox",
)
def deliver_outbox(event: DynamoDBEvent) -> None:
    """Rows were written: send those that are new mails.

    The stream may show a row twice; a mail is claimed before it is sent, so it goes out once.
    """
    keys = read_written(event.to_dict())
    logger.info("deliver_outbox", mails=deliver.deliver_written(wired().mailroom, keys))


def read_written(event: Any) -> list[str]:  # noqa: ANN401 - JSON
    """The partition keys of the rows that a batch of the stream shows as new.

    A record that cannot be read holds up no other: it is logged and left out, and the sweep finds
    a mail that was in it.
    """
    keys = []
    for record in event["Records"]:
        try:
            if record["eventName"] == "INSERT":
                keys.append(str(record["dynamodb"]["Keys"]["pk"]["S"]))
        except (KeyError, TypeError):
            logger.exception("a record of the stream that cannot be read")
    return keys


@outbox.schedule(Rate(5, unit=Rate.MINUTES), name="sweep_outbox")
def sweep_outbox(_event: Any) -> None:  # noqa: ANN401 - chalice's untyped event
    """Send mail that was put off, or that the stream did not show."""
    logger.info("sweep_outbox", mails=deliver.sweep(wired().mailroom))
