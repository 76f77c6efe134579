"""Least privilege, read from the policies themselves."""

import json
import re

import pytest

from infra.policies import FOLDER, INBOUND, rendered_policies
from infra.stage import FUNCTIONS
from tests.infra.settings import OUTPUTS, stage

# dynamodb:ListStreams cannot be limited to a stream; it tells names and no content.
ANY_RESOURCE = {"dynamodb:ListStreams"}
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock-managing.html
LOOSENING = {
    "s3:BypassGovernanceRetention",
    "s3:PutBucketObjectLockConfiguration",
    "s3:PutBucketPolicy",
    "s3:DeleteBucketPolicy",
    "s3:PutBucketVersioning",
    "s3:PutLifecycleConfiguration",
    "s3:PutObjectLegalHold",
    "s3:DeleteObjectVersion",
}


def policies(**changes):
    return rendered_policies(stage(**changes), OUTPUTS)


def statements(name):
    return policies()[name]["Statement"]


def grants(name):
    return [
        (action, resource)
        for statement in statements(name)
        for action in statement["Action"]
        for resource in statement["Resource"]
    ]


def test_each_function_has_a_policy_and_each_policy_a_function():
    assert {file.stem for file in FOLDER.glob("*.json")} == {*FUNCTIONS, INBOUND}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_action_is_a_wildcard(name):
    assert [action for action, _ in grants(name) if "*" in action] == []


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_resource_is_an_arn_of_this_stage(name):
    for action, resource in grants(name):
        if action in ANY_RESOURCE:
            continue
        assert resource.startswith("arn:aws:"), (action, resource)
        assert re.search(r"papertrail-acme|key/(data|anchor)|identity/", resource), resource


@pytest.mark.parametrize("name", FUNCTIONS)
def test_only_allows_are_written(name):
    assert {statement["Effect"] for statement in statements(name)} == {"Allow"}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nobody_loosens_a_lock(name):
    assert {action for action, _ in grants(name)} & LOOSENING == set()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_nothing_is_deleted_from_files_or_vault(name):
    deletions = [(a, r) for a, r in grants(name) if a.startswith("s3:Delete")]
    assert all(resource.endswith("-staging/*") for _, resource in deletions)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_audit_is_only_read_and_appended_to(name):
    audit = {action for action, resource in grants(name) if "acme-audit" in resource}
    assert audit <= {
        "dynamodb:BatchGetItem",
        "dynamodb:ConditionCheckItem",
        "dynamodb:GetItem",
        "dynamodb:PutItem",
        "dynamodb:Query",
    }


def test_only_anchors_sign_and_write_to_the_vault():
    signers = {n for n in FUNCTIONS if any(a == "kms:Sign" for a, _ in grants(n))}
    writers = {
        name
        for name in FUNCTIONS
        if any(a == "s3:PutObject" and "-vault/" in r for a, r in grants(name))
    }
    assert signers == writers == {"anchor_hourly", "anchor_nightly"}


def test_only_the_outbox_sends_mail_and_only_as_the_stage():
    senders = {n for n in FUNCTIONS if any(a.startswith("ses:") for a, _ in grants(n))}
    assert senders == {"deliver_outbox", "sweep_outbox"}
    for name in senders:
        mail = next(s for s in statements(name) if s["Sid"] == "SendsMail")
        assert mail["Condition"]["StringEqualsIfExists"] == {
            "ses:FromAddress": "papertrail@acme.example"
        }
        assert [resource.rpartition("/")[2] for resource in mail["Resource"]] == [
            "papertrail@acme.example",
            "acme.example",
        ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_data_key_serves_only_through_tables_and_buckets(name):
    (through,) = [s for s in statements(name) if OUTPUTS["KeyData"] in s["Resource"]]
    assert through["Condition"]["StringEquals"]["kms:ViaService"] == [
        "dynamodb.eu-west-1.amazonaws.com",
        "s3.eu-west-1.amazonaws.com",
    ]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_logs_go_to_the_functions_own_group_which_it_cannot_create(name):
    logs = {(a, r) for a, r in grants(name) if a.startswith("logs:")}
    assert {action for action, _ in logs} == {"logs:CreateLogStream", "logs:PutLogEvents"}
    suffix = "papertrail-acme" if name == "api_handler" else f"papertrail-acme-{name}"
    assert all(resource.endswith(f":log-group:/aws/lambda/{suffix}:*") for _, resource in logs)


def test_whoever_is_not_named_is_kept_out():
    allow, deny = policies(allowed_cidrs=["192.0.2.0/24", "198.51.100.7/32"])[INBOUND]["Statement"]
    assert (allow["Effect"], deny["Effect"]) == ("Allow", "Deny")
    assert deny["Condition"] == {
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "198.51.100.7/32"]}
    }


def test_a_template_that_asks_for_an_unknown_value_fails():
    with pytest.raises(KeyError):
        rendered_policies(stage(), {k: v for k, v in OUTPUTS.items() if k != "TableCore"})


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_policy_fits_its_role(name):
    # Inline policies of a role: 10,240 characters together, white space not counted.
    assert len(json.dumps(policies()[name], separators=(",", ":"))) < 10_240
