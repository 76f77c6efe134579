"""Workers of the staging bucket: complete what has arrived, give up what has not."""

import json
import os
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_plus

from chalice.app import Blueprint, Rate
from chalice.app import SQSEvent as Messages

from chalicelib.documents.complete_upload import complete_arrived
from chalicelib.documents.sweep_uploads import sweep_uploads as sweep
from chalicelib.errors import Busy
from chalicelib.wiring import wired
from functions.log import logger

uploads = Blueprint(__name__)
_KEY = re.compile(r"uploads/([0-9a-z]{1,64})/([0-9]{1,6})/[0-9a-z]+")


@uploads.on_sqs_message(
    queue=os.environ.get("PAPERTRAIL_QUEUE_UPLOADS", "papertrail-uploads"),
    batch_size=1,
    name="upload_arrived",
)
def upload_arrived(event: Messages) -> Mapping[str, Any]:
    """S3 says that an object was created: verify and keep it, unless the client did already.

    One message at a time (`batch_size`): an error is that message's own, and the queue repeats it.
    Where the client's own request is at it in this very moment, the queue is asked to come again:
    that is no error, and must not ring the alarm that errors ring.
    """
    later = []
    for message in event.to_dict()["Records"]:
        try:
            for document_id, number in read_arrivals(json.loads(message["body"])):
                complete_arrived(wired().filing, document_id, number)
        except Busy:
            later.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": later}


def read_arrivals(message: Any) -> list[tuple[str, int]]:  # noqa: ANN401 - JSON
    """The uploads that a message of S3's tells of, as document and version number.

    The whole message is read before anything is done: what cannot be read is never half done.
    Objects that are no upload are left out, and so is S3's first message to a new queue.

    Raises:
        ValueError: it is no message of S3's; it comes again, and then lies with the dead letters.
    """
    try:
        keys = [unquote_plus(said["s3"]["object"]["key"]) for said in message.get("Records", [])]
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("a message that is no event of S3's") from error
    found = {key: _KEY.fullmatch(key) for key in keys}
    strange = [key for key, match in found.items() if match is None]
    if strange:
        logger.warning("objects that are no uploads", keys=strange)
    return [(match[1], int(match[2])) for match in found.values() if match]


@uploads.schedule(Rate(1, unit=Rate.HOURS), name="sweep_uploads")
def sweep_uploads(_event: Any) -> None:  # noqa: ANN401 - chalice's untyped event
    """Give up uploads that are past their time."""
    logger.info("sweep_uploads", abandoned=sweep(wired().filing))
