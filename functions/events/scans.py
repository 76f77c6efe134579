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
    wiring, detail = wired(), event.detail
    scanned = detail["s3ObjectDetails"]
    if scanned["bucketName"] != wiring.config.files_bucket:
        return
    status = detail["scanResultDetails"]["scanResultStatus"]
    version = record_verdict(wiring.filing, object_key=scanned["objectKey"], status=status)
    logger.info("scan_verdict", status=status, recorded=version is not None)
