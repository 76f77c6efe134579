"""What `Files` promises, held against the fake and against S3 as the launcher emulates it."""

import hashlib
import json
import urllib.error
import urllib.request
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import unquote

import pytest
from botocore.exceptions import ClientError

from chalicelib.documents.file_store import S3Files
from chalicelib.documents.model import ObjectRef, Upload, Version, VersionState
from chalicelib.errors import NotFound, NotReady, WrongBytes
from tests.fakes.files import FakeFiles

MIB = 1024**2
UNTIL = datetime.now(UTC).replace(microsecond=0) + timedelta(days=3650)
NAMES = [
    "plain.pdf",
    'quote" and \\back.txt',
    "Ärger über Öl; sehr=groß.txt",
    "Счёт №5.pdf",
    "請求書 二〇三一年.pdf",
    "فاتورة.pdf",
    "100 % sure 😀.txt",
    "a" * 251 + ".txt",
]


class FakeBench:
    def __init__(self):
        self.files = FakeFiles()
        self.send, self.fetch = self.files.send, self.files.fetch

    def staged(self):
        return {*self.files.staged, *(parts.key for parts in self.files.open.values())}

    def kept(self):
        return [each.ref for each in self.files.kept]

    def described(self, ref):
        found = self.files.object(ref)
        return found.metadata, found.until


class S3Bench:
    def __init__(self, store):
        self.store = store
        self.files = S3Files(
            store.client, staging=store.staging, files=store.files, data_key=store.key
        )

    def send(self, request, body):
        return self._request(request.url, request.method, body, dict(request.headers))[0]

    def fetch(self, url):
        return self._request(url, "GET", None, {})

    def _request(self, url, method, body, headers):
        asked = urllib.request.Request(url, data=body, method=method, headers=headers)
        asked.add_header("Content-Type", "application/octet-stream")
        try:
            with urllib.request.urlopen(asked) as answer:
                told = {name.lower(): value for name, value in answer.headers.items()}
                return answer.status, told, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, {}, error.read()

    def staged(self):
        s3, bucket = self.store.client, self.store.staging
        objects = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
        uploads = s3.list_multipart_uploads(Bucket=bucket).get("Uploads", [])
        return {each["Key"] for each in (*objects, *uploads)}

    def kept(self):
        found = self.store.client.list_object_versions(Bucket=self.store.files)
        return [ObjectRef(each["Key"], each["VersionId"]) for each in found.get("Versions", [])]

    def described(self, ref):
        place = {"Bucket": self.store.files, "Key": ref.key, "VersionId": ref.version_id}
        lock = self.store.client.get_object_retention(**place)["Retention"]
        assert lock["Mode"] == "GOVERNANCE"
        return self.store.client.head_object(**place)["Metadata"], lock["RetainUntilDate"]


@pytest.fixture(params=["fake", "s3"])
def bench(request):
    if request.param == "fake":
        return FakeBench()
    return S3Bench(request.getfixturevalue("object_store"))


def version_of(bench, body, *, part_size=None, number=1, declared=None, name="letter.txt"):
    key = f"uploads/d1/{number:06d}/u{number}"
    upload = Upload(
        id=f"u{number}",
        key=key,
        multipart_id=bench.files.begin_parts(key) if part_size else None,
        part_size=part_size,
        expires_at=datetime(2031, 1, 1, tzinfo=UTC),
    )
    return Version(
        document_id="d1",
        number=number,
        name=name,
        state=VersionState.VERIFYING,
        size=len(body),
        sha256=declared or hashlib.sha256(body).hexdigest(),
        content_type="text/plain",
        media_type="",
        checksum="whole",
        created_at=datetime(2031, 1, 1, tzinfo=UTC),
        created_by="u",
        upload=upload,
    )


def requests(bench, version):
    return bench.files.requests(version.upload, size=version.size, sha256=version.sha256)


def keep(bench, version):
    return bench.files.keep(
        version, version.upload, metadata={"sha256": version.sha256, "name": "eA"}, until=UNTIL
    )


def sent(bench, body, **options):
    """A version whose bytes have arrived."""
    version = version_of(bench, body, **options)
    start = 0
    for request in requests(bench, version):
        size = request.size if request.size is not None else len(body)
        assert bench.send(request, body[start : start + size]) == 200
        start += size
    if version.upload.multipart_id:
        bench.files.assemble(version.upload, size=version.size)
    return version


def stored(version, kept, media_type):
    return replace(
        version,
        state=VersionState.STORED,
        object=kept.object,
        media_type=media_type,
        upload=None,
    )


def in_parts(pattern=b"0123456789abcdef"):
    return pattern * (11 * MIB // len(pattern))


@pytest.mark.parametrize("body", [b"", b"x", b"%PDF-1.7 " + bytes(range(256)) * 100])
def test_one_request_brings_the_bytes_and_they_are_kept(bench, body):
    version = sent(bench, body)
    kept = keep(bench, version)
    assert kept.first == body[:4096]
    assert kept.checksum == "whole"
    assert kept.object.key == "documents/d1/000001"
    link = bench.files.link(stored(version, kept, "application/pdf"), inline=False)
    assert bench.fetch(link)[2] == body


@pytest.mark.parametrize("wrong", [b"Right bytes", b"right byte", b"right bytes!", b""])
def test_one_request_takes_no_other_bytes(bench, wrong):
    version = version_of(bench, b"right bytes")
    (request,) = requests(bench, version)
    assert bench.send(request, wrong) in (400, 403)
    assert bench.staged() == set()


def test_what_has_not_arrived_is_not_kept(bench):
    version = version_of(bench, b"right bytes")
    with pytest.raises(NotReady):
        keep(bench, version)
    assert bench.kept() == []


def test_bytes_of_another_digest_are_not_kept(bench):
    version = sent(bench, b"right bytes")
    other = replace(version, sha256=hashlib.sha256(b"other").hexdigest())
    with pytest.raises(WrongBytes):
        keep(bench, other)
    assert bench.kept() == []


def test_bytes_of_another_length_are_not_kept(bench):
    version = replace(sent(bench, b"right bytes"), size=12)
    with pytest.raises(WrongBytes) as refused:
        keep(bench, version)
    assert refused.value.facts == {"arrived": 11, "declared": 12}
    assert bench.kept() == []


def test_kept_again_it_is_the_same_object(bench):
    version = sent(bench, b"right bytes")
    first = keep(bench, version)
    bench.files.discard(version.upload)
    assert keep(bench, version) == first
    assert bench.kept() == [first.object]


def test_a_kept_object_is_locked_until_the_time_given(bench):
    kept = keep(bench, sent(bench, b"right bytes"))
    metadata, until = bench.described(kept.object)
    assert until == UNTIL
    assert metadata["sha256"] == hashlib.sha256(b"right bytes").hexdigest()


def test_parts_are_joined_and_kept(bench):
    body = in_parts()
    version = sent(bench, body, part_size=5 * MIB)
    kept = keep(bench, version)
    assert kept.first == body[:4096]
    assert bench.described(kept.object)[1] == UNTIL
    link = bench.files.link(stored(version, kept, "text/plain"), inline=False)
    assert hashlib.sha256(bench.fetch(link)[2]).hexdigest() == version.sha256


def test_parts_whose_sum_is_another_digest_are_not_kept(bench):
    version = sent(bench, in_parts(), part_size=5 * MIB, declared="0" * 64)
    with pytest.raises(WrongBytes):
        keep(bench, version)
    assert bench.kept() == []


def test_fresh_requests_tell_which_parts_have_arrived(bench):
    body = in_parts()
    version = version_of(bench, body, part_size=5 * MIB)
    first, second, third = requests(bench, version)
    assert [r.size for r in (first, second, third)] == [5 * MIB, 5 * MIB, MIB]
    assert [r.arrived for r in (first, second, third)] == [False, False, False]
    assert bench.send(second, body[5 * MIB : 10 * MIB]) == 200
    assert [r.arrived for r in requests(bench, version)] == [False, True, False]


def test_a_part_takes_no_other_size(bench):
    version = version_of(bench, in_parts(), part_size=5 * MIB)
    (_, _, last) = requests(bench, version)
    assert bench.send(last, b"x" * (MIB - 1)) == 403
    assert not any(request.arrived for request in requests(bench, version))


def test_missing_parts_are_named_and_may_still_come(bench):
    body = in_parts()
    version = version_of(bench, body, part_size=5 * MIB)
    first, second, third = requests(bench, version)
    bench.send(first, body[: 5 * MIB])
    with pytest.raises(WrongBytes) as refused:
        bench.files.assemble(version.upload, size=version.size)
    assert refused.value.facts["parts"] == [2, 3]
    bench.send(second, body[5 * MIB : 10 * MIB])
    bench.send(third, body[10 * MIB :])
    bench.files.assemble(version.upload, size=version.size)
    assert keep(bench, version).first == body[:4096]


def test_joined_twice_is_joined_once(bench):
    version = sent(bench, in_parts(), part_size=5 * MIB)
    bench.files.assemble(version.upload, size=version.size)
    assert keep(bench, version).object.key == "documents/d1/000001"


def test_parts_that_are_gone_cannot_be_joined(bench):
    version = version_of(bench, in_parts(), part_size=5 * MIB)
    bench.files.discard(version.upload)
    with pytest.raises(WrongBytes):
        bench.files.assemble(version.upload, size=version.size)
    assert not any(request.arrived for request in requests(bench, version))


@pytest.mark.parametrize("part_size", [None, 5 * MIB])
def test_discarded_nothing_is_left_and_once_more_does_no_harm(bench, part_size):
    body = in_parts() if part_size else b"right bytes"
    version = version_of(bench, body, part_size=part_size)
    if not part_size:
        bench.send(requests(bench, version)[0], body)
    assert bench.staged()
    bench.files.discard(version.upload)
    bench.files.discard(version.upload)
    assert bench.staged() == set()


def test_a_link_opens_this_very_version(bench):
    first = sent(bench, b"first bytes", number=1)
    second = sent(bench, b"second bytes", number=2)
    links = [
        bench.files.link(stored(version, keep(bench, version), "text/plain"), inline=True)
        for version in (first, second)
    ]
    assert [bench.fetch(link)[2] for link in links] == [b"first bytes", b"second bytes"]


@pytest.mark.parametrize(
    ("media_type", "inline", "kind", "content_type"),
    [
        ("application/pdf", True, "inline", "application/pdf"),
        ("image/png", True, "inline", "image/png"),
        ("text/plain", True, "inline", "text/plain; charset=utf-8"),
        ("application/pdf", False, "attachment", "application/octet-stream"),
        ("text/html", True, "attachment", "application/octet-stream"),
        ("image/svg+xml", True, "attachment", "application/octet-stream"),
        ("application/xml", True, "attachment", "application/octet-stream"),
    ],
)
def test_what_may_run_is_only_ever_downloaded(bench, media_type, inline, kind, content_type):
    version = sent(bench, b"<script>")
    shown = stored(version, keep(bench, version), media_type)
    status, headers, _ = bench.fetch(bench.files.link(shown, inline=inline))
    assert status == 200
    assert headers["content-type"] == content_type
    assert headers["content-disposition"].partition(";")[0] == kind


@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_script_come_with_the_bytes(bench, name):
    version = sent(bench, b"bytes", name=name)
    link = bench.files.link(stored(version, keep(bench, version), "text/plain"), inline=False)
    disposition = bench.fetch(link)[1]["content-disposition"]
    assert disposition.isascii()
    assert unquote(disposition.partition("filename*=UTF-8''")[2]) == name


def test_what_was_never_kept_has_no_link(bench):
    with pytest.raises(NotFound):
        bench.files.link(version_of(bench, b"x"), inline=True)


class TestOnlyS3:
    """What a dictionary cannot tell."""

    def test_a_stranger_cannot_change_what_is_signed(self, object_store):
        bench = S3Bench(object_store)
        version = version_of(bench, b"right bytes")
        (request,) = requests(bench, version)
        headers = {**request.headers, "x-amz-acl": "public-read"}
        assert bench.send(replace(request, headers=headers), b"right bytes") == 403
        other = replace(request, url=request.url.replace("uploads/d1/", "uploads/d2/"))
        assert bench.send(other, b"right bytes") == 403
        bare = replace(request, url=request.url.partition("?")[0])
        assert bench.send(bare, b"right bytes") == 403
        assert bench.staged() == set()

    def test_another_checksum_header_is_refused(self, object_store):
        bench = S3Bench(object_store)
        (request,) = requests(bench, version_of(bench, b"right bytes"))
        for headers in ({}, {"x-amz-checksum-sha256": "A" * 43 + "="}):
            assert bench.send(replace(request, headers=headers), b"right bytes") in (400, 403)
        assert bench.staged() == set()

    def test_a_kept_object_cannot_be_deleted(self, object_store):
        bench = S3Bench(object_store)
        kept = keep(bench, sent(bench, b"right bytes"))
        place = {"Bucket": object_store.files, "Key": kept.object.key}
        with pytest.raises(ClientError, match="AccessDenied"):
            object_store.client.delete_object(**place, VersionId=kept.object.version_id)

    def test_above_the_whole_limit_each_part_is_compared(self, object_store, monkeypatch):
        monkeypatch.setattr("chalicelib.documents.file_store.WHOLE_MAX", 8 * MIB)
        bench, body = S3Bench(object_store), in_parts()
        pieces = [body[: 5 * MIB], body[5 * MIB : 10 * MIB], body[10 * MIB :]]
        digests = {n: hashlib.sha256(piece).hexdigest() for n, piece in enumerate(pieces, 1)}
        version = sent(bench, body, part_size=5 * MIB, declared="f" * 64)
        wrong = replace(version.upload, part_digests={**digests, 2: "0" * 64})
        with pytest.raises(WrongBytes):
            keep(bench, replace(version, upload=wrong))
        assert bench.kept() == []
        assert "Uploads" not in object_store.client.list_multipart_uploads(
            Bucket=object_store.files
        )
        right = replace(version, upload=replace(version.upload, part_digests=digests))
        kept = keep(bench, right)
        link = bench.files.link(stored(right, kept, "text/plain"), inline=False)
        assert bench.fetch(link)[2] == body

    def test_the_key_of_the_stage_encrypts(self, object_store):
        bench = S3Bench(object_store)
        kept = keep(bench, sent(bench, b"right bytes"))
        head = object_store.client.head_object(Bucket=object_store.files, Key=kept.object.key)
        assert head["ServerSideEncryption"] == "aws:kms"
        assert head["SSEKMSKeyId"] == object_store.key

    def test_an_object_tells_what_its_row_told(self, object_store):
        bench = S3Bench(object_store)
        version = sent(bench, b"right bytes")
        kept = keep(bench, version)
        head = object_store.client.head_object(Bucket=object_store.files, Key=kept.object.key)
        assert json.loads(json.dumps(head["Metadata"]))["sha256"] == version.sha256
