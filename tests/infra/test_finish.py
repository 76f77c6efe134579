# ruff: noqa: N803 - requests are named as boto3 names them
"""finish() against clients that remember what they were told."""

import json

import pytest
from botocore.exceptions import ClientError

from infra.finish import Deployment, NotDeployed, finish
from tests.infra.settings import OUTPUTS, stage

RESOURCES = {
    "upload_arrived-sqs-event-source": {"resource_type": "sqs_event", "event_uuid": "queue"},
    "deliver_outbox-dynamodb-event-source": {
        "resource_type": "dynamodb_event",
        "event_uuid": "stream",
    },
    "rest_api": {"resource_type": "rest_api", "rest_api_id": "api"},
    "api_gateway_custom_domain": {
        "resource_type": "domain_name",
        "alias_domain_name": "d-1.execute-api.eu-west-1.amazonaws.com",
        "hosted_zone_id": "ZREGIONAL",
    },
}


class Cloud:
    """Every client in one, as far as finish() asks."""

    def __init__(self):
        self.mappings = {"queue": {}, "stream": {}}
        self.invocations = {}
        self.api = {"name": "papertrail"}
        self.stage = {}
        self.answers = {}
        self.records = []

    def client(self, service):
        return self

    def get_event_source_mapping(self, *, UUID):
        return self.mappings[UUID]

    def update_event_source_mapping(self, *, UUID, **wanted):
        self.mappings[UUID] |= wanted

    def get_function_event_invoke_config(self, *, FunctionName):
        if FunctionName not in self.invocations:
            raise ClientError({"Error": {"Code": "ResourceNotFoundException"}}, "Get")
        return self.invocations[FunctionName]

    def put_function_event_invoke_config(self, *, FunctionName, **wanted):
        self.invocations[FunctionName] = wanted

    def get_rest_api(self, *, restApiId):
        return self.api

    def update_rest_api(self, *, restApiId, patchOperations):
        for patch in patchOperations:
            value = {"true": True, "false": False}.get(patch["value"], patch["value"])
            self.api[patch["path"].removeprefix("/")] = value

    def create_deployment(self, *, restApiId, stageName):
        pass

    def get_gateway_responses(self, *, restApiId, limit):
        return {"items": list(self.answers.values())}

    def put_gateway_response(self, *, restApiId, responseType, **answer):
        self.answers[responseType] = {"responseType": responseType, **answer}

    def get_stage(self, *, restApiId, stageName):
        return self.stage

    def update_stage(self, *, restApiId, stageName, patchOperations):
        numbers = {"rateLimit": "throttlingRateLimit", "burstLimit": "throttlingBurstLimit"}
        for patch in patchOperations:
            folder, _, leaf = patch["path"].rpartition("/")
            if leaf in numbers:
                every = self.stage.setdefault("methodSettings", {}).setdefault("*/*", {})
                every[numbers[leaf]] = float(patch["value"])
            else:
                self.stage.setdefault(folder.removeprefix("/"), {})[leaf] = patch["value"]

    def list_resource_record_sets(self, **_):
        return {"ResourceRecordSets": self.records}

    def change_resource_record_sets(self, *, HostedZoneId, ChangeBatch):
        self.records = [change["ResourceRecordSet"] for change in ChangeBatch["Changes"]]


@pytest.fixture
def cloud():
    return Cloud()


def deployment(cloud, **changes):
    return Deployment(cloud, stage(**changes), OUTPUTS, RESOURCES)


def test_finishing_twice_changes_nothing_the_second_time(cloud):
    settings = {"domain_name": "docs.acme.example", "hosted_zone_id": "Z1"}
    assert finish(deployment(cloud, **settings)) != []
    assert finish(deployment(cloud, **settings)) == []


def test_failed_messages_come_back_alone_and_lost_work_is_kept(cloud):
    finish(deployment(cloud))

    queue, stream = cloud.mappings["queue"], cloud.mappings["stream"]
    assert queue["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert stream["BisectBatchOnFunctionError"] is True
    lost = stream["DestinationConfig"]["OnFailure"]["Destination"]
    assert lost == OUTPUTS["QueueOutboxDead"]
    assert {
        config["DestinationConfig"]["OnFailure"]["Destination"]
        for config in cloud.invocations.values()
    } == {OUTPUTS["QueueEventsDead"]}


def test_the_api_is_known_by_its_stage_and_throttled(cloud):
    finish(deployment(cloud, throttle={"requests_per_second": 7, "burst": 9}))

    assert cloud.api["name"] == "papertrail-acme"
    every = cloud.stage["methodSettings"]["*/*"]
    assert (every["throttlingRateLimit"], every["throttlingBurstLimit"]) == (7, 9)


def test_what_the_gateway_says_itself_is_a_problem_too(cloud):
    finish(deployment(cloud))
    answer = cloud.answers["MISSING_AUTHENTICATION_TOKEN"]
    assert answer["statusCode"] == "404"
    problem = json.loads(answer["responseTemplates"]["application/json"])
    assert (problem["status"], problem["title"]) == (404, "Nothing here")
    for kind, each in cloud.answers.items():
        told = json.loads(each["responseTemplates"]["application/json"])
        assert {"type", "title", "detail", "request_id"} <= told.keys(), kind
        content_type = each["responseParameters"]["gatewayresponse.header.Content-Type"]
        assert content_type == "'application/problem+json'"


def test_a_domain_is_the_only_way_in(cloud):
    finish(deployment(cloud, domain_name="docs.acme.example", hosted_zone_id="Z1"))

    assert cloud.api["disableExecuteApiEndpoint"] is True
    (record,) = cloud.records
    assert record["Name"] == "docs.acme.example."
    assert record["AliasTarget"]["HostedZoneId"] == "ZREGIONAL"


def test_access_logs_name_no_person_and_hold_no_query(cloud):
    finish(deployment(cloud))
    assert "queryString" not in cloud.stage["accessLogSettings"]["format"]
    assert "authorizer" not in cloud.stage["accessLogSettings"]["format"]


def test_finishing_before_a_deploy_says_what_is_missing(cloud):
    with pytest.raises(NotDeployed, match="upload_arrived"):
        finish(Deployment(cloud, stage(), OUTPUTS, {}))
