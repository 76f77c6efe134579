"""What DynamoDB is asked for, word by word: what one engine alone, that never lags, cannot tell."""

import pytest

from chalicelib.dynamodb import DynamoDatabase
from chalicelib.transaction import Check, Delete, Expected, Key, Put, Query, Table, Update

ONE, TWO = Key(Table.CORE, "p", "1"), Key(Table.CORE, "p", "2")


@pytest.fixture
def asked(monkeypatch):
    """A database that finds nothing, and what was sent: operation and parameters."""
    database = DynamoDatabase({table: f"t-{table}" for table in Table}, region="us-east-1")
    sent = []

    def answer(operation, parameters):
        sent.append((operation, parameters))
        return {"Items": [], "Responses": {}, "Count": 0, "ScannedCount": 0}

    monkeypatch.setattr(database._connection, "_make_api_call", answer)
    return database, sent


def test_a_row_is_read_as_it_was_last_written(asked):
    database, sent = asked
    assert database.get(ONE) is None
    ((operation, parameters),) = sent
    assert (operation, parameters["ConsistentRead"]) == ("GetItem", True)


def test_rows_are_read_as_they_were_last_written(asked):
    database, sent = asked
    assert database.get_many([ONE, TWO]) == {}
    ((operation, parameters),) = sent
    assert operation == "BatchGetItem"
    assert [each["ConsistentRead"] for each in parameters["RequestItems"].values()] == [True]


@pytest.mark.parametrize("consistent", [True, False])
def test_a_query_reads_what_was_last_written_where_it_is_asked_to(asked, consistent):
    database, sent = asked
    database.query(Query(table=Table.CORE, pk="p", consistent=consistent))
    ((operation, parameters),) = sent
    assert (operation, parameters.get("ConsistentRead", False)) == ("Query", consistent)


@pytest.mark.parametrize(
    ("operation", "change"),
    [
        ("PutItem", Put(key=ONE, row={"a": 1}, guard={"pk": Expected.ABSENT})),
        ("UpdateItem", Update(key=ONE, values={"a": 1}, guard={"pk": Expected.ABSENT})),
        ("DeleteItem", Delete(key=ONE, guard={"pk": Expected.ABSENT})),
    ],
)
def test_a_single_write_carries_its_condition(asked, operation, change):
    database, sent = asked
    database.commit([change], token="t")
    ((sent_operation, parameters),) = sent
    assert sent_operation == operation
    assert parameters["ConditionExpression"] == "attribute_not_exists (#0)"
    assert parameters["ExpressionAttributeNames"]["#0"] == "pk"


def test_each_action_of_a_transaction_carries_its_condition(asked):
    database, sent = asked
    guard = {"pk": Expected.ABSENT}
    keys = [Key(Table.CORE, "p", f"{n}") for n in range(4)]
    database.commit(
        [
            Put(key=keys[0], row={"a": 1}, guard=guard),
            Update(key=keys[1], values={"a": 1}, guard=guard),
            Delete(key=keys[2], guard=guard),
            Check(key=keys[3], guard=guard),
        ],
        token="t",
    )
    ((operation, parameters),) = sent
    assert operation == "TransactWriteItems"
    actions = [next(iter(action.items())) for action in parameters["TransactItems"]]
    assert [name for name, _ in actions] == ["Put", "Update", "Delete", "ConditionCheck"]
    conditions = {told["ConditionExpression"] for _, told in actions}
    assert conditions == {"attribute_not_exists (#0)"}


def test_a_transaction_sent_again_bears_its_first_name_and_another_one_does_not(asked):
    database, sent = asked
    first = [Put(key=ONE, row={"a": 1}), Put(key=TWO, row={"a": 1})]
    other = [Put(key=ONE, row={"a": 1}), Put(key=TWO, row={"a": 2})]
    for changes, token in ((first, "t"), (first, "t"), (first, "u"), (other, "t")):
        database.commit(changes, token=token)
    names = [parameters["ClientRequestToken"] for _, parameters in sent]
    assert names[0] == names[1]
    assert len(set(names)) == 3
    assert {len(name) for name in names} <= set(range(1, 37))  # DynamoDB takes no longer ones
