"""Answers of DynamoDB that no engine gives on request: read out of the adapter one by one."""

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import CancellationReason, QueryError, VerboseClientError

from chalicelib.dynamodb import DynamoDatabase
from chalicelib.errors import Busy, Invalid, NotFound
from chalicelib.outages import is_outage
from chalicelib.transaction import Key, Put, Query, Table, Update

KEYS = [Key(Table.CORE, "p", f"{n}") for n in range(3)]
PUT = Put(key=KEYS[0], row={"a": 1}, guard={"a": 1}, refusal=lambda _row: NotFound())


@pytest.fixture
def answered(monkeypatch):
    """A database whose next answers are the given ones; what it sent is in `sent`."""
    database = DynamoDatabase({table: f"t-{table}" for table in Table}, region="us-east-1")

    def with_answers(*answers):
        waiting, sent = list(answers), []

        def dispatch(operation, arguments):
            sent.append((operation, arguments))
            answer = waiting.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

        monkeypatch.setattr(database._connection, "dispatch", dispatch)
        return database, sent

    return with_answers


def refused(code, reasons=()):
    response = {"Error": {"Code": code, "Message": ""}}
    cause = ClientError(response, "TransactWriteItems")
    error = VerboseClientError(response, "TransactWriteItems", {})
    error.__cause__ = cause
    error.cancellation_reasons = list(reasons)
    return error


def test_keys_left_unprocessed_are_asked_for_again(answered):
    items = [{"pk": {"S": key.pk}, "sk": {"S": key.sk}} for key in KEYS]
    left = {"t-core": {"Keys": items[1:], "ConsistentRead": True}}
    database, sent = answered(
        {"Responses": {"t-core": items[:1]}, "UnprocessedKeys": left},
        {"Responses": {"t-core": items[1:]}, "UnprocessedKeys": {}},
    )
    assert set(database.get_many(KEYS)) == set(KEYS)
    assert [arguments["RequestItems"] for _, arguments in sent][1] == left


def test_what_is_no_refusal_keeps_its_cause(answered):
    told = {"Error": {"Code": "InternalServerError"}, "ResponseMetadata": {"HTTPStatusCode": 500}}
    error = refused("InternalServerError")
    error.__cause__ = ClientError(told, "TransactWriteItems")
    database, _ = answered(error)
    with pytest.raises(VerboseClientError) as caught:
        database.commit([PUT, Put(key=KEYS[1], row={})], token="t")
    assert is_outage(caught.value)


def in_the_way(**row):
    error = refused("ConditionalCheckFailedException")
    error.__cause__.response["Item"] = {name: {"S": value} for name, value in row.items()}
    return error


@pytest.mark.parametrize(
    "change",
    [
        Put(key=KEYS[0], row={"txn": "ours"}, guard={"a": 1}, refusal=lambda _row: NotFound()),
        Update(key=KEYS[0], values={"txn": "ours"}, guard={"a": 1}, refusal=lambda _r: NotFound()),
    ],
)
def test_a_write_that_meets_itself_has_happened(answered, change):
    database, _ = answered(in_the_way(pk="p", sk="0", txn="ours"))
    database.commit([change], token="ours")
    database, _ = answered(in_the_way(pk="p", sk="0", txn="another's"))
    with pytest.raises(NotFound):
        database.commit([change], token="ours")


def test_a_write_that_bears_no_name_does_not_take_anothers_for_its_own(answered):
    database, _ = answered(in_the_way(pk="p", sk="0"))
    with pytest.raises(NotFound):
        database.commit([PUT], token="t")


CONTENTION = ["TransactionConflict", "ProvisionedThroughputExceeded", "ThrottlingError"]


@pytest.mark.parametrize("code", CONTENTION)
def test_contention_cancels_a_transaction_as_busy(answered, code):
    reasons = [CancellationReason(code, None, None), None]
    database, _ = answered(refused("TransactionCanceledException", reasons))
    with pytest.raises(Busy):
        database.commit([PUT, Put(key=KEYS[1], row={})], token="t")


@pytest.mark.parametrize(
    "code",
    ["TransactionInProgressException", "ThrottlingException", "RequestLimitExceeded"],
)
def test_contention_before_anything_was_tried_is_busy(answered, code):
    database, _ = answered(refused(code))
    with pytest.raises(Busy):
        database.commit([PUT, Put(key=KEYS[1], row={})], token="t")


@pytest.mark.parametrize("code", ["TransactionConflictException", "ThrottlingException"])
def test_contention_on_one_row_is_busy(answered, code):
    database, _ = answered(refused(code))
    with pytest.raises(Busy):
        database.commit([PUT], token="t")


def test_a_guard_that_failed_counts_before_contention(answered):
    reasons = [
        CancellationReason("TransactionConflict", None, None),
        CancellationReason("ConditionalCheckFailed", None, None),
    ]
    database, _ = answered(refused("TransactionCanceledException", reasons))
    other = Put(key=KEYS[1], row={}, guard={"a": 1}, refusal=lambda _row: NotFound())
    with pytest.raises(NotFound):
        database.commit([Put(key=KEYS[0], row={}), other], token="t")


@pytest.mark.parametrize("count", [1, 2])
def test_what_is_nobodys_to_mend_stays_what_it_is(answered, count):
    database, _ = answered(refused("AccessDeniedException"))
    with pytest.raises(VerboseClientError):
        database.commit([PUT, Put(key=KEYS[1], row={})][:count], token="t")


@pytest.mark.parametrize(
    ("after", "error"), [({"pk": "p", "sk": "0"}, Invalid), (None, QueryError)]
)
def test_a_position_that_the_engine_refuses_is_the_senders_to_mend(answered, after, error):
    database, _ = answered(refused("ValidationException"))
    with pytest.raises(error):
        database.query(Query(table=Table.CORE, pk="p", after=after))
