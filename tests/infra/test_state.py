# ruff: noqa: N803 - requests are named as boto3 names them
import hashlib
import io
import json

import pytest
from botocore.exceptions import ClientError

from infra.state import DeployedState, StateConflict


class Vault:
    """One bucket with conditional writes, in memory."""

    def __init__(self):
        self.contents = {}

    def client(self, service):
        assert service == "s3"
        return self

    def get_object(self, *, Bucket, Key):
        if Key not in self.contents:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        body = self.contents[Key]
        return {"Body": io.BytesIO(body), "ETag": self._etag(Key)}

    def put_object(self, *, Bucket, Key, Body, IfMatch=None, IfNoneMatch=None, **_):
        present = Key in self.contents
        if (IfNoneMatch and present) or (IfMatch and (not present or IfMatch != self._etag(Key))):
            raise ClientError({"Error": {"Code": "PreconditionFailed"}}, "PutObject")
        self.contents[Key] = Body
        return {"ETag": self._etag(Key)}

    def _etag(self, key):
        return hashlib.md5(self.contents[key]).hexdigest()


def document(api):
    resource = {"name": "rest_api", "resource_type": "rest_api", "rest_api_url": f"https://{api}/"}
    return json.dumps({"resources": [resource], "schema_version": "2.0", "backend": "api"})


@pytest.fixture
def vault():
    return Vault()


@pytest.fixture
def checkout(vault, tmp_path):
    def checkout_named(name):
        return DeployedState(vault, "vault", "acme", tmp_path / name)

    return checkout_named


def deploy(state, api):
    state.file.parent.mkdir(parents=True, exist_ok=True)
    state.file.write_text(document(api))


def test_nothing_is_deployed_at_first(checkout):
    state = checkout("mine")
    state.pull()
    assert state.resources() == {}
    assert state.api_url() == ""
    assert state.push() == "nothing deployed from here"


def test_another_checkout_takes_over(checkout):
    mine, yours = checkout("mine"), checkout("yours")
    deploy(mine, "first")
    mine.push()

    yours.pull()
    assert yours.api_url() == "https://first/"
    deploy(yours, "second")
    yours.push()

    mine.pull()
    assert mine.api_url() == "https://second/"


def test_pushing_and_pulling_again_changes_nothing(checkout, vault):
    mine = checkout("mine")
    deploy(mine, "first")
    mine.push()
    before = dict(vault.contents)

    assert mine.push() == "the vault already had it"
    mine.pull()

    assert vault.contents == before
    assert mine.api_url() == "https://first/"


def test_a_deploy_not_pushed_yet_is_not_overwritten(checkout):
    mine = checkout("mine")
    deploy(mine, "first")
    mine.push()
    deploy(mine, "second")

    assert mine.pull() == "this checkout is newer; push it"
    assert mine.api_url() == "https://second/"


def test_two_deploys_since_the_last_agreement_are_for_people_to_settle(checkout):
    mine, yours = checkout("mine"), checkout("yours")
    deploy(mine, "first")
    mine.push()
    yours.pull()
    deploy(yours, "theirs")
    yours.push()
    deploy(mine, "mine")

    with pytest.raises(StateConflict):
        mine.pull()
    with pytest.raises(StateConflict):
        mine.push()
    assert mine.api_url() == "https://mine/"


def test_a_first_deploy_beside_another_is_refused(checkout):
    mine, yours = checkout("mine"), checkout("yours")
    deploy(mine, "first")
    mine.push()
    deploy(yours, "second")

    with pytest.raises(StateConflict):
        yours.push()


def test_a_push_that_loses_the_race_is_refused(checkout, vault):
    mine = checkout("mine")
    deploy(mine, "first")
    look = vault.get_object

    def meanwhile(**request):
        try:
            return look(**request)
        finally:
            vault.contents[request["Key"]] = b"{}"

    vault.get_object = meanwhile
    with pytest.raises(StateConflict):
        mine.push()
