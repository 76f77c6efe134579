"""What the data stack promises, read from the template after its transform."""

import functools
import subprocess
import sys
from pathlib import Path

import pytest

from infra.stack import TEMPLATE, stack_parameters
from infra.stage import FUNCTIONS
from tests.infra.expanded import expanded
from tests.infra.settings import OUTPUTS, stage

template = functools.cache(expanded)


def of_type(kind):
    found = template()["Resources"].items()
    return {name: resource for name, resource in found if resource["Type"] == f"AWS::{kind}"}


def properties(name):
    return template()["Resources"][name]["Properties"]


def texts(node):
    if isinstance(node, dict):
        return [text for value in node.values() for text in texts(value)]
    if isinstance(node, list):
        return [text for item in node for text in texts(item)]
    return [node]


def test_cfn_lint_finds_nothing():
    linter = Path(sys.executable).with_name("cfn-lint")
    done = subprocess.run([linter, TEMPLATE], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


def test_it_fits_in_a_request():
    assert TEMPLATE.stat().st_size < 51_200


def test_each_parameter_is_given_by_the_stage():
    assert set(stack_parameters(stage(), "")) == set(template()["Parameters"])


def test_it_answers_with_everything_a_stage_records():
    assert set(template()["Outputs"]) >= set(OUTPUTS)


@pytest.mark.parametrize("kind", ["S3::Bucket", "DynamoDB::Table", "KMS::Key"])
def test_what_holds_data_outlives_the_stack(kind):
    for name, resource in of_type(kind).items():
        assert resource["DeletionPolicy"] == "Retain", name
        assert resource["UpdateReplacePolicy"] == "Retain", name


def test_buckets_are_closed_and_encrypted():
    for name, resource in of_type("S3::Bucket").items():
        bucket = resource["Properties"]
        assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}, name
        assert bucket["OwnershipControls"] == {
            "Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]
        }
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        if name != "AccessLogBucket":
            assert rule["BucketKeyEnabled"] is True, name
            assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms", name


@pytest.mark.parametrize(
    ("name", "mode", "days"),
    [("FilesBucket", "GOVERNANCE", "RetentionDays"), ("VaultBucket", "COMPLIANCE", "VaultDays")],
)
def test_files_and_vault_are_locked(name, mode, days):
    bucket = properties(name)
    assert bucket["ObjectLockEnabled"] is True
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    retention = bucket["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert retention == {"Mode": mode, "Days": {"Ref": days}}


@pytest.mark.parametrize("name", ["FilesBucket", "VaultBucket"])
def test_only_disposition_may_bypass_a_lock_or_delete(name):
    statements = properties(f"{name}Policy")["PolicyDocument"]["Statement"]
    (denial,) = [s for s in statements if s.get("Sid") == "OnlyDispositionDeletesOrBypasses"]
    assert (denial["Effect"], denial["Principal"]) == ("Deny", "*")
    assert "s3:BypassGovernanceRetention" in denial["Action"]
    assert "s3:DeleteObjectVersion" in denial["Action"]
    excepted = denial["Condition"]["ArnNotLike"]["aws:PrincipalArn"]
    assert all("-disposition" in text for text in texts(excepted))


def test_nothing_but_tls_reaches_a_bucket():
    for name in of_type("S3::BucketPolicy"):
        conditions = str(properties(name))
        assert "aws:SecureTransport" in conditions, name
        assert "s3:TlsVersion" in conditions, name


def test_staged_uploads_are_gone_after_two_days_whole_or_in_parts():
    (rule,) = properties("StagingBucket")["LifecycleConfiguration"]["Rules"]
    assert rule["ExpirationInDays"] == 2
    assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 2}


def test_pages_of_other_origins_cannot_use_the_buckets():
    for name in ("StagingBucket", "FilesBucket"):
        condition, cors, otherwise = properties(name)["CorsConfiguration"]["Fn::If"]
        assert condition == "HasPortalOrigin"
        assert [rule["AllowedOrigins"] for rule in cors["CorsRules"]] == [{"Ref": "PortalOrigins"}]
        assert otherwise == {"Ref": "AWS::NoValue"}


def test_tables_are_guarded():
    for name, resource in of_type("DynamoDB::Table").items():
        table = resource["Properties"]
        assert table["BillingMode"] == "PAY_PER_REQUEST", name
        assert table["DeletionProtectionEnabled"] is True, name
        assert table["SSESpecification"]["SSEType"] == "KMS", name
        assert ("PointInTimeRecoverySpecification" in table) == (name != "EphemeralTable")


def test_a_dead_letter_is_heard():
    dead = {n.removesuffix("Dead").lower() for n in of_type("SQS::Queue") if n.endswith("Dead")}
    heard = {
        name.removeprefix("DeadLetters")
        for name in of_type("CloudWatch::Alarm")
        if name.startswith("DeadLetters")
    }
    assert dead == heard == {"uploads", "outbox", "events"}


def test_a_working_queue_hands_over_what_fails():
    for name in of_type("SQS::Queue"):
        assert name.endswith("Dead") or "RedrivePolicy" in properties(name), name
        assert properties(name)["SqsManagedSseEnabled"] is True, name


def test_every_function_is_watched_and_logs_for_a_fortnight():
    said = str(of_type("CloudWatch::Alarm"))
    logs = [resource["Properties"] for resource in of_type("Logs::LogGroup").values()]
    for function in FUNCTIONS:
        assert f"-{function}-errors" in said, function
        assert f"-{function}-throttles" in said, function
    assert len(logs) == len(FUNCTIONS) + 1
    assert {group["RetentionInDays"] for group in logs} == {14}


def test_every_alarm_reaches_the_topic():
    for name, resource in of_type("CloudWatch::Alarm").items():
        assert resource["Properties"]["AlarmActions"] == [{"Ref": "AlarmTopic"}], name
