"""Worker of the malware scanner: its verdicts come as events (GuardDuty Malware Protection)."""

from typing import Any

from chalice.app import Blueprint, CloudWatchEvent

from chalicelib.documents.record_verdict import record_verdict
from chalicelib.wiring import wired
from functions.log import logger

scans = Blueprint(__name__)
# https://docs.aws.amazon.com/guardduty/latest/ug/monitor-with-eventbridge-s3-malware-protection.html
_PATTERN: dict[str, Any] = {
    "source": ["aws.guardduty"],
    "detail-type": ["GuardDuty Malware Protection Object Scan Result"],
}


@scans.on_cw_event(_PATTERN, name="scan_verdict")
def scan_verdict(event: CloudWatchEvent) -> None:
    """Record a verdict on the version whose object was scanned."""
    wiring = wired()
    bucket, key, status = read_scan(event.detail)
    if bucket != wiring.config.files_bucket:
        return
    version = record_verdict(wiring.filing, object_key=key, status=status)
    logger.info("scan_verdict", status=status, recorded=version is not None)


def read_scan(detail: Any) -> tuple[str, str, str]:  # noqa: ANN401 - JSON
    """Bucket, key and status of a scan, as GuardDuty tells it.

    Raises:
        ValueError: it is told in another way; the alarm of failed workers rings.
    """
    try:
        scanned = detail["s3ObjectDetails"]
        status = detail["scanResultDetails"]["scanResultStatus"]
        told = scanned["bucketName"], scanned["objectKey"], status
    except (KeyError, TypeError) as error:
        raise ValueError("an event that is no scan's result") from error
    if not all(isinstance(text, str) for text in told):
        raise ValueError("a scan's result that is told in no text")
    return told
