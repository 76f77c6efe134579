"""The parts of the section by themselves: ways to break a call, equal states, who writes."""

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from chalicelib.notify.relays.ses import SesRelay
from chalicelib.outages import is_outage
from chalicelib.transaction import Key, Table
from tests.faults.breaks.states import visible
from tests.faults.breaks.ways import SENT_ONCE, Breaker, Killed, Way, ways_of
from tests.faults.breaks.writers import writing_functions
from tests.scenarios.aws_calls import AwsCall


class Service:
    """Counts what is done; answers with the count."""

    def __init__(self, breaker):
        self.done = 0
        self.asked = 0
        self.breaker = breaker

    def call(self, operation="PutItem", service="dynamodb"):
        self.asked += 1

        def perform():
            self.done += 1
            return {"done": self.done}

        return self.breaker(AwsCall(self.asked, service, operation, {}), perform)


@pytest.mark.parametrize(
    ("way", "done"),
    [(Way.REFUSED, 0), (Way.THROTTLED, 0), (Way.TIMED_OUT, 0), (Way.LOST, 1)],
)
@pytest.mark.parametrize("service", ["dynamodb", "s3", "kms", "sesv2"])
def test_a_broken_call_is_made_or_not_and_fails_as_aws_does(way, done, service):
    aws = Service(Breaker(1, way))
    with pytest.raises((ClientError, BotoCoreError)) as caught:
        aws.call(service=service)
    assert aws.done == done
    assert is_outage(caught.value)
    assert aws.call(service=service) == {"done": done + 1}


def test_a_repeated_call_is_made_twice_and_tells_of_the_second():
    aws = Service(Breaker(2, Way.REPEATED))
    assert [aws.call(), aws.call(), aws.call()] == [{"done": 1}, {"done": 3}, {"done": 4}]


@pytest.mark.parametrize(("way", "done"), [(Way.KILLED_BEFORE, 0), (Way.KILLED_AFTER, 1)])
def test_nothing_gets_out_of_a_dead_process(way, done):
    aws = Service(Breaker(1, way))
    for _ in range(3):
        with pytest.raises(Killed):
            aws.call()
    assert aws.done == done
    assert not issubclass(Killed, Exception)


def test_an_outage_lasts_for_the_next_call_of_its_kind():
    aws = Service(Breaker(1, Way.TIMED_OUT, times=2))
    with pytest.raises(BotoCoreError):
        aws.call()
    assert aws.call("GetItem") == {"done": 1}
    with pytest.raises(BotoCoreError):
        aws.call()
    assert aws.call() == {"done": 2}


def test_what_the_sdk_never_repeats_is_never_repeated(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.delenv("AWS_MAX_ATTEMPTS", raising=False)
    client = SesRelay()._client
    assert client.meta.config.retries["total_max_attempts"] == 1
    assert {client.meta.method_to_api_mapping["send_email"]} == SENT_ONCE
    assert Way.REPEATED not in ways_of(AwsCall(1, "sesv2", "SendEmail", {}))
    assert Way.REPEATED in ways_of(AwsCall(1, "s3", "CopyObject", {}))


def rows(*pairs):
    return {Key(Table.CORE, f"N#{id_ * 26}", "META"): {"parent": up * 26} for id_, up in pairs}


def test_states_are_equal_when_only_ids_differ():
    assert visible(rows("ab", "bc"), {}) == visible(rows("xy", "yz"), {})


def test_states_differ_when_ids_name_each_other_in_another_way():
    assert visible(rows("ab", "cd"), {}) != visible(rows("ab", "cb"), {})
    assert visible(rows("ab", "ca"), {}) != visible(rows("ab", "ac"), {})


def test_who_writes_is_found_through_whatever_they_call():
    found = writing_functions()
    assert "chalicelib.documents.create_node:create_node" in found
    assert "chalicelib.identity.sign_in:sign_in" in found
    assert "chalicelib.audit.anchor_hours:anchor_hours" in found
    assert "chalicelib.documents.open:open_document" not in found
    assert "chalicelib.audit.history:history" not in found
