"""What the data stack forbids to everybody, and what it keeps: read from the template, in full."""

import pytest

from tests.infra.test_data_stack import of_type, properties, template
from tests.infra.test_policies import statements

PLAIN = {"Bool": {"aws:SecureTransport": "false"}}
OLD = {"NumericLessThan": {"s3:TlsVersion": "1.2"}}
BUCKETS = ("Staging", "Files", "Vault", "AccessLog")
LOCKED = ("FilesBucketPolicy", "VaultBucketPolicy")


def roles(*names, operator="ArnNotLike"):
    """The condition that tells these roles of the stage (and their sessions) from all others."""
    account = "${AWS::Partition}:%s::${AWS::AccountId}:%s/papertrail-${Stage}-%s"
    return {
        operator: {
            "aws:PrincipalArn": [
                {"Fn::Sub": f"arn:{account % arn}"}
                for name in names
                for arn in (
                    ("iam", "role", name),
                    ("sts", "assumed-role", name if name == "*" else f"{name}/*"),
                )
            ]
        }
    }


def denials(document):
    """By Sid: the conditions of what is denied to everybody, those that hang on a stage too."""
    found = {}
    for each in document["Statement"]:
        statement = each["Fn::If"][1] if "Fn::If" in each else each
        if (statement["Effect"], statement["Principal"]) == ("Deny", "*"):
            found[statement["Sid"]] = statement["Condition"]
    return found


@pytest.mark.parametrize("bucket", BUCKETS)
def test_nobody_reaches_a_bucket_but_by_modern_tls(bucket):
    denied = denials(properties(f"{bucket}BucketPolicy")["PolicyDocument"])
    assert (denied["TlsOnly"], denied["ModernTlsOnly"]) == (PLAIN, OLD)


@pytest.mark.parametrize("name", ["UploadsQueuePolicy", "AlarmTopicPolicy"])
def test_nobody_reaches_the_queue_and_the_topic_but_by_tls(name):
    assert denials(properties(name)["PolicyDocument"])["TlsOnly"] == PLAIN


@pytest.mark.parametrize("name", LOCKED)
def test_the_products_own_roles_do_not_configure_what_watches_over_them(name):
    denied = denials(properties(name)["PolicyDocument"])
    assert denied["ProductRolesDoNotConfigure"] == roles("*", operator="ArnLike")
    assert denied["OnlyDispositionDeletesOrBypasses"] == roles("disposition")


def test_nobody_signs_anchors_but_those_who_make_them():
    denied = denials(properties("AnchorKey")["KeyPolicy"])
    assert denied == {"OnlyAnchorsSign": roles("anchor_hourly", "anchor_nightly")}


def test_the_data_key_is_a_new_one_each_year():
    assert properties("DataKey")["EnableKeyRotation"] is True


def test_tables_can_be_had_back_as_they_were():
    kept = {
        name: resource["Properties"].get("PointInTimeRecoverySpecification")
        for name, resource in of_type("DynamoDB::Table").items()
    }
    assert kept.pop("EphemeralTable") is None
    assert len(kept) == 5
    assert all(told == {"PointInTimeRecoveryEnabled": True} for told in kept.values())


def test_rules_for_what_is_left_behind_are_in_force():
    rules = [
        rule
        for resource in of_type("S3::Bucket").values()
        for rule in resource["Properties"]["LifecycleConfiguration"]["Rules"]
    ]
    assert len(rules) >= len(BUCKETS)
    assert {rule["Status"] for rule in rules} == {"Enabled"}


@pytest.mark.parametrize(
    "name", ["UploadsDead", "OutboxDead", "EventsDead", "AccountLogs", "AccountLogsWriter"]
)
def test_what_failed_and_what_all_stages_share_outlives_the_stack(name):
    resource = template()["Resources"][name]
    assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == ("Retain", "Retain")


@pytest.mark.parametrize("name", ["anchor_hourly", "anchor_nightly", "api_handler"])
def test_of_the_vault_only_the_names_of_anchors_are_listed(name):
    (listing,) = [each for each in statements(name) if each["Sid"] == "ListsAnchors"]
    assert listing["Condition"] == {"StringLike": {"s3:prefix": ["anchors/*"]}}
