"""A scanner's verdict as GuardDuty tells it, and what is no verdict of anything."""

import pytest

from functions.events.scans import read_scan


def told(bucket="files", key="documents/d1/000001", status="NO_THREATS_FOUND"):
    return {
        "s3ObjectDetails": {"bucketName": bucket, "objectKey": key},
        "scanResultDetails": {"scanResultStatus": status},
    }


def test_a_verdict_names_bucket_key_and_status():
    assert read_scan(told()) == ("files", "documents/d1/000001", "NO_THREATS_FOUND")


@pytest.mark.parametrize(
    "detail",
    [
        None,
        "text",
        {},
        {**told(), "s3ObjectDetails": None},
        {**told(), "scanResultDetails": {}},
        told(bucket=None),
        told(key=7),
        told(status=["THREATS_FOUND"]),
    ],
)
def test_what_is_told_in_another_way_rings_the_alarm(detail):
    with pytest.raises(ValueError, match="scan's result"):
        read_scan(detail)
