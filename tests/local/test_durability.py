"""Kills the emulator with SIGKILL while it works, and looks at what is left."""

import datetime as dt
import hashlib
import json
import os
import threading
import time

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from infra.local import lock_test
from infra.local.settings import replace

BOUND_SECONDS = 3.0
TABLE = "durability"


def _table(emulator) -> None:
    emulator.client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
    )


def _fill(emulator, count: int) -> None:
    dynamodb = emulator.client("dynamodb")
    for start in range(0, count, 25):
        puts = [
            {"PutRequest": {"Item": {"pk": {"S": f"old-{n}"}, "text": {"S": "x" * 400}}}}
            for n in range(start, min(start + 25, count))
        ]
        dynamodb.batch_write_item(RequestItems={TABLE: puts})


def test_nothing_acknowledged_three_seconds_before_a_kill_is_lost(emulator):
    _table(emulator)
    _fill(emulator, 10_000)
    acknowledged: dict[str, float] = {}
    stop = threading.Event()

    def write() -> None:
        dynamodb = emulator.client("dynamodb")
        while not stop.is_set():
            key = f"new-{len(acknowledged)}"
            try:
                dynamodb.put_item(TableName=TABLE, Item={"pk": {"S": key}})
            except (ClientError, BotoCoreError):
                return
            acknowledged[key] = time.monotonic()

    writer = threading.Thread(target=write)
    writer.start()
    time.sleep(5)
    killed = time.monotonic()
    emulator.kill()
    stop.set()
    writer.join()
    emulator.start()

    dynamodb = emulator.client("dynamodb")
    kept = set()
    for page in dynamodb.get_paginator("scan").paginate(TableName=TABLE, ProjectionExpression="pk"):
        kept.update(item["pk"]["S"] for item in page["Items"])
    owed = {key for key, at in acknowledged.items() if at < killed - BOUND_SECONDS}
    assert len(owed) > 100
    assert owed <= kept
    assert {f"old-{n}" for n in range(10_000)} <= kept


def test_objects_and_their_locks_survive_a_kill_right_after_the_answer(emulator):
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    time.sleep(BOUND_SECONDS)
    body = os.urandom(3 << 20)
    until = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    put = s3.put_object(
        Bucket="locked",
        Key="deep/naïve name.pdf",
        Body=body,
        ChecksumAlgorithm="SHA256",
        ObjectLockMode="COMPLIANCE",
        ObjectLockRetainUntilDate=until,
    )
    s3.put_object_legal_hold(Bucket="locked", Key="deep/naïve name.pdf", LegalHold={"Status": "ON"})
    emulator.restart_after_kill()

    address = {
        "Bucket": "locked",
        "Key": "deep/naïve name.pdf",
        "VersionId": put["VersionId"],
    }
    got = s3.get_object(**address, ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert got["ChecksumSHA256"] == put["ChecksumSHA256"]
    assert got["ObjectLockMode"] == "COMPLIANCE"
    assert got["ObjectLockLegalHoldStatus"] == "ON"
    with pytest.raises(ClientError, match="AccessDenied"):
        s3.delete_object(**address)


def test_an_upload_can_be_finished_after_a_kill(emulator):
    s3 = emulator.client("s3")
    s3.create_bucket(Bucket="staging")
    time.sleep(BOUND_SECONDS)
    upload = s3.create_multipart_upload(Bucket="staging", Key="k", ChecksumAlgorithm="SHA256")
    address = {"Bucket": "staging", "Key": "k", "UploadId": upload["UploadId"]}
    first, second = os.urandom(5 << 20), b"the end"
    one = s3.upload_part(**address, PartNumber=1, Body=first, ChecksumAlgorithm="SHA256")
    emulator.restart_after_kill()
    two = s3.upload_part(**address, PartNumber=2, Body=second, ChecksumAlgorithm="SHA256")
    s3.complete_multipart_upload(
        **address,
        MultipartUpload={
            "Parts": [
                {"PartNumber": n, "ETag": p["ETag"], "ChecksumSHA256": p["ChecksumSHA256"]}
                for n, p in ((1, one), (2, two))
            ]
        },
    )
    got = s3.get_object(Bucket="staging", Key="k")["Body"].read()
    assert hashlib.sha256(got).digest() == hashlib.sha256(first + second).digest()


def test_a_kill_in_the_middle_of_a_snapshot_leaves_the_one_before(emulator):
    _table(emulator)
    _fill(emulator, 500)
    time.sleep(BOUND_SECONDS)
    half = emulator.settings.emulator_dir / "dynamodb.json.tmp"
    emulator.kill()
    half.write_text('{"__ministack_format__": 2, "payload": {"tab', encoding="utf-8")
    emulator.start()
    count = emulator.client("dynamodb").scan(TableName=TABLE, Select="COUNT")["Count"]
    assert count == 500


def test_the_start_refuses_when_the_first_lock_is_gone(emulator):
    lock_test.verify(emulator.settings)
    emulator.restart_after_kill()
    lock_test.verify(emulator.settings)
    emulator.kill()
    journal = emulator.settings.home / "retention.jsonl"
    lines = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert lines
    replace(journal, "")
    emulator.start()
    with pytest.raises(lock_test.LockDoesNotHoldError, match="lost its lock"):
        lock_test.verify(emulator.settings)


def test_mail_survives_a_kill(emulator):
    ses = emulator.client("ses")
    ses.verify_email_identity(EmailAddress="us@papertrail.test")
    ses.send_email(
        Source="us@papertrail.test",
        Destination={"ToAddresses": ["you@papertrail.test"]},
        Message={"Subject": {"Data": "Kept"}, "Body": {"Text": {"Data": "text"}}},
    )
    emulator.restart_after_kill()
    stored = sorted((emulator.settings.home / "mail").glob("*.json"))
    assert [json.loads(file.read_text(encoding="utf-8"))["subject"] for file in stored] == ["Kept"]
