"""Workers of the staging bucket: complete what has arrived, give up what has not."""

import os
import re
from typing import Any
from urllib.parse import unquote_plus

from aws_lambda_powertools.utilities.batch import (
    BatchProcessor,
    EventType,
    process_partial_response,
)
from chalice.app import Blueprint, Rate
from chalice.app import SQSEvent as Messages

from chalicelib.documents.complete_upload import complete_arrived
from chalicelib.documents.sweep_uploads import sweep_uploads as sweep
from chalicelib.wiring import wired
from functions.log import logger

uploads = Blueprint(__name__)
_KEY = re.compile(r"uploads/([0-9a-z]+)/(\d+)/[0-9a-z]+")


@uploads.on_sqs_message(
    queue=os.environ.get("PAPERTRAIL_QUEUE_UPLOADS", "papertrail-uploads"),
    batch_size=1,
    name="upload_arrived",
)
def upload_arrived(event: Messages) -> dict[str, Any]:
    """S3 says that an object was created: verify and keep it, unless the client did already."""
    processor = BatchProcessor(event_type=EventType.SQS)
    return dict(
        process_partial_response(
            event=event.to_dict(), record_handler=_complete, processor=processor, context=None
        )
    )


def _complete(record: Any) -> None:  # noqa: ANN401 - powertools' record
    for said in record.json_body.get("Records", []):
        key = unquote_plus(said["s3"]["object"]["key"])
        found = _KEY.fullmatch(key)
        if found is None:
            logger.warning("an object that is no upload", key=key)
            continue
        complete_arrived(wired().filing, found[1], int(found[2]))


@uploads.schedule(Rate(1, unit=Rate.HOURS), name="sweep_uploads")
def sweep_uploads(_event: Any) -> None:  # noqa: ANN401 - chalice's untyped event
    """Give up uploads that are past their time."""
    logger.info("sweep_uploads", abandoned=sweep(wired().filing))
