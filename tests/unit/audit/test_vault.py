"""The vault's and the signer's contract, met by the fakes and by the adapters (on moto)."""

import boto3
import pytest
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from moto import mock_aws

from chalicelib.audit.anchor_model import Signatures, Signer, Vault
from chalicelib.audit.kms_signer import KmsSigner
from chalicelib.audit.vault_store import S3Vault
from infra.public_key import PublicKey
from tests.fakes.signer import FakeSigner
from tests.fakes.vault import FakeVault
from tests.support.audited import START

REGION = {"region_name": "us-east-1"}
CREDENTIALS = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}


def s3():
    return boto3.client("s3", **REGION, **CREDENTIALS)


def kms():
    return boto3.client("kms", **REGION, **CREDENTIALS)


@pytest.fixture(autouse=True)
def aws():
    with mock_aws():
        yield


@pytest.fixture(params=["fake", "adapter"])
def vault(request) -> Vault:
    if request.param == "fake":
        return FakeVault()
    s3().create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
    return S3Vault(s3(), "vault", retention_days=35, now=lambda: START)


def new_key() -> str:
    key = kms().create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    return key["KeyMetadata"]["Arn"]


@pytest.fixture(params=["fake", "adapter"])
def signer(request) -> Signer | Signatures:
    return FakeSigner() if request.param == "fake" else KmsSigner(kms(), new_key())


def test_what_was_written_is_read(vault):
    assert vault.read("a/b") is None
    assert vault.write("a/b", b"one")
    assert vault.read("a/b") == b"one"


def test_a_taken_name_is_left_alone(vault):
    assert vault.write("a", b"one")
    assert not vault.write("a", b"two")
    assert vault.read("a") == b"one"


def test_names_come_in_order_and_only_those_that_begin_so(vault):
    for name in ("b/2", "a/1", "b/1", "b/10"):
        vault.write(name, b"x")
    assert list(vault.names("b/")) == ["b/1", "b/10", "b/2"]
    assert list(vault.names("c")) == []


def test_names_behind_one_leave_it_out(vault):
    for name in ("b/1", "b/10", "b/2", "c/3"):
        vault.write(name, b"x")
    assert list(vault.names("b/", after="b/1")) == ["b/10", "b/2"]
    assert list(vault.names("b/", after="b/2")) == []


def test_what_lies_on_top_is_what_was_written_where_nothing_was_laid_over(vault):
    assert vault.topmost("a/b") is None
    vault.write("a/b", b"one")
    assert vault.topmost("a/b") == b"one"


def test_one_name_that_begins_another_does_not_stand_for_it(vault):
    vault.write("a/long", b"x")
    assert vault.read("a/l") is None


def test_a_warm_vault_remembers_only_so_many_names(monkeypatch):
    monkeypatch.setattr("chalicelib.audit.vault_store._MAX_REMEMBERED", 5)
    s3().create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
    vault = S3Vault(s3(), "vault", retention_days=35, now=lambda: START)
    names = [f"{folder}/{n}" for folder in "abc" for n in range(4)]
    for name in names:
        vault.write(name, name.encode())

    assert len(vault.names("")) == len(names)
    assert [vault.read(name) for name in names] == [name.encode() for name in names]
    assert len(vault._first) <= 5


def test_only_the_signers_own_signature_on_this_very_message_is_genuine(signer):
    signature = signer.sign(b"statement")
    for _ in range(2):
        assert signer.genuine(b"statement", signature)
        assert not signer.genuine(b"Statement", signature)
        assert not signer.genuine(b"statement", signature[:-1])
        assert not signer.genuine(b"statement", b"")


def test_an_object_is_locked_for_as_long_as_was_asked():
    s3().create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
    S3Vault(s3(), "vault", retention_days=35, now=lambda: START).write("a", b"one")
    found = s3().head_object(Bucket="vault", Key="a")
    assert found["ObjectLockMode"] == "COMPLIANCE"
    assert (found["ObjectLockRetainUntilDate"] - START).days == 35


def test_the_first_version_counts_whatever_is_laid_over_it():
    s3().create_bucket(Bucket="vault", ObjectLockEnabledForBucket=True)
    S3Vault(s3(), "vault", retention_days=35, now=lambda: START).write("a", b"true")
    s3().put_object(Bucket="vault", Key="a", Body=b"forged")
    s3().put_object(Bucket="vault", Key="a", Body=b"forged again")
    s3().delete_object(Bucket="vault", Key="a")
    other = S3Vault(s3(), "vault", retention_days=35, now=lambda: START)
    assert list(other.names("")) == ["a"]
    assert other.read("a") == b"true"
    assert other.topmost("a") is None
    assert other.write("a", b"over a delete marker")
    assert other.read("a") == b"true"
    assert other.topmost("a") == b"over a delete marker"


def test_another_key_of_the_same_account_is_not_genuine():
    signature = KmsSigner(kms(), new_key()).sign(b"statement")
    assert not KmsSigner(kms(), new_key()).genuine(b"statement", signature)


def test_a_signature_can_be_checked_without_aws():
    key = new_key()
    signature = KmsSigner(kms(), key).sign(b"statement")
    public = load_der_public_key(kms().get_public_key(KeyId=key)["PublicKey"])
    known = PublicKey(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    assert known.genuine(b"statement", signature)
    assert not known.genuine(b"Statement", signature)
