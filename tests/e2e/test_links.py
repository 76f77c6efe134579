"""Presigned requests let exactly the declared bytes in, for their time, and nothing else."""

import json
import time
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from tests.e2e.conftest import wait_for
from tests.support.person import Refusal, declared, put, send, storage

pytestmark = pytest.mark.environment
BODY = b"exactly these bytes"


def changed(url: str, *, path: str | None = None, **query: str) -> str:
    """The same address with another path or other query parameters."""
    parts = urlsplit(url)
    pairs = {**dict(parse_qsl(parts.query)), **query}
    return parts._replace(path=path or parts.path, query=urlencode(pairs)).geturl()


@pytest.fixture
def begun(operator, folder):
    return operator.begin(folder, "Deed.txt", BODY, "text/plain")


@pytest.fixture
def staged(cloud, begun):
    """Keys that lie in the staging bucket for this document."""
    s3, bucket = cloud.client("s3"), cloud.bucket("staging")
    prefix = f"uploads/{begun['document']['id']}/"

    def keys() -> list[str]:
        found = s3.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])
        return [each["Key"] for each in found]

    return keys


def state(operator, begun) -> str:
    path = f"/documents/{begun['document']['id']}/versions/{begun['version']['number']}"
    return operator.get(path)["state"]


@pytest.mark.parametrize("body", [BODY + b"!", BODY[:-1], b"", b"EXACTLY THESE BYTES"])
def test_other_bytes_are_refused_by_the_storage_and_become_nothing(operator, begun, staged, body):
    assert put(begun["upload"]["single"], body).status_code in (400, 403)
    with pytest.raises(Refusal) as refused:
        operator.complete(begun)
    assert refused.value.slug == "not-ready"
    assert staged() == []
    assert state(operator, begun) == "pending"
    # The link still lets in what was declared.
    send(begun["upload"], BODY)
    assert operator.complete(begun)["version"]["state"] == "stored"
    assert staged() == []


def test_another_key_or_bucket_is_refused(cloud, begun):
    request = begun["upload"]["single"]
    path = urlsplit(request["url"]).path
    bucket = cloud.bucket("staging")
    elsewhere = [
        f"{path}x",
        f"/{bucket}/uploads/other",
        path.replace(bucket, cloud.bucket("files")),
    ]
    answers = [put(request, BODY, url=changed(request["url"], path=each)) for each in elsewhere]
    assert [answer.status_code for answer in answers] == [403, 403, 403]


def test_a_longer_life_is_refused(begun):
    request = begun["upload"]["single"]
    url = changed(request["url"], **{"X-Amz-Expires": "604800"})
    assert put(request, BODY, url=url).status_code == 403


def test_another_digest_is_refused(begun):
    request = begun["upload"]["single"]
    lying = {**request, "headers": {"x-amz-checksum-sha256": "A" * 43 + "="}}
    assert put(lying, BODY).status_code in (400, 403)


def test_a_link_to_read_does_not_write_and_is_for_one_version(operator, folder):
    document = operator.file(folder, "Deed.txt", BODY)
    operator.version(document["id"], b"second")
    link = operator.address(document["id"], 1)
    assert storage.put(link, content=b"mine").status_code == 403
    assert storage.delete(link).status_code == 403
    other = operator.address(document["id"], 2)
    version = dict(parse_qsl(urlsplit(other).query))["versionId"]
    assert storage.get(changed(link, versionId=version)).status_code == 403
    as_page = changed(link, **{"response-content-type": "text/html"})
    assert storage.get(as_page).status_code == 403


def test_a_link_past_its_time_is_refused(operator, folder, cloud):
    document = operator.file(folder, "Deed.txt", BODY)
    link = operator.address(document["id"], 1)
    # The product's links hold for minutes; one for a second is made as the product makes its own.
    s3, path = cloud.client("s3"), urlsplit(link).path
    _, bucket, key = path.split("/", 2)
    short = s3.generate_presigned_url(
        "get_object", Params={"Bucket": bucket, "Key": key}, ExpiresIn=1
    )
    assert storage.get(short).content == BODY
    gone = wait_for(lambda: storage.get(short).status_code == 403, "the link to run out", 5)
    assert gone
    began = dict(parse_qsl(urlsplit(link).query))
    assert int(began["X-Amz-Expires"]) <= 300
    assert time.gmtime().tm_year == int(began["X-Amz-Date"][:4])


def test_what_was_staged_by_other_means_is_found_out(operator, begun, staged, cloud):
    # As root, past all presigning: other bytes of the same length, under the right key.
    s3, bucket = cloud.client("s3"), cloud.bucket("staging")
    key = urlsplit(begun["upload"]["single"]["url"]).path.split("/", 2)[2]
    s3.put_object(Bucket=bucket, Key=key, Body=BODY[::-1], ChecksumAlgorithm="SHA256")
    with pytest.raises((Refusal, AssertionError)) as refused:
        operator.complete(begun)
    # S3's own event may have come first: then the upload is over, or about to be.
    if isinstance(refused.value, Refusal):
        assert refused.value.slug in ("wrong-bytes", "conflict")
    wait_for(lambda: state(operator, begun) == "rejected", "the upload to be rejected")
    assert staged() == []
    files = s3.list_objects_v2(
        Bucket=cloud.bucket("files"), Prefix=f"documents/{begun['document']['id']}/"
    )
    assert files["KeyCount"] == 0


def test_somebody_elses_upload_is_unknown(operator, folder, newcomer):
    other, user_id = newcomer("Foreign")
    grants = [{"principal": f"user:{user_id}", "role": "contributor"}]
    path = f"/nodes/{folder}/access"
    operator.call("PUT", path, etag=operator.etag(path), json={"inherit": True, "grants": grants})
    begun = operator.begin(folder, "Mine.txt", BODY, "text/plain")
    send(begun["upload"], BODY)
    mine = f"/documents/{begun['document']['id']}/versions/1"
    for method, path in (("GET", f"{mine}/upload"), ("POST", f"{mine}/complete")):
        with pytest.raises(Refusal) as refused:
            other.call(method, path, **({"json": {}} if method == "POST" else {}))
        assert refused.value.status == 404


@pytest.mark.parametrize(
    ("field", "value", "status"),
    [
        ("size", 60 * 1024**3, 413),
        ("size", -1, 422),
        ("sha256", "ab" * 31, 422),
        ("sha256", "AB" * 32, 422),
        ("content_type", "text/html\r\nX-Evil: 1", 422),
        ("name", "n" * 10_000, 422),
        ("name", "a/b", 422),
        ("name", "gpj\u202eexe.txt", 422),
        ("name", "", 422),
        ("node_id", "01ARZ3NDEKTSV4RRFFQ69G5FAV", 404),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(operator, folder, field, value, status):
    facts = {"node_id": folder, "name": "Deed.txt", **declared(BODY, "text/plain"), field: value}
    with pytest.raises(Refusal) as refused:
        operator.post("/documents", **facts)
    assert refused.value.status == status
    assert operator.listed(folder) == []


def test_broken_unicode_is_refused(operator, folder):
    facts = {"node_id": folder, "name": "broken \ud800", **declared(BODY, "text/plain")}
    answer = operator.http.post(
        "/documents",
        content=json.dumps(facts).encode("ascii"),
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code == 422
    assert operator.listed(folder) == []
