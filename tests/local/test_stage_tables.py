import pytest
from botocore.exceptions import ClientError

from tests.support.dynamodb_local import client
from tests.support.template_tables import table_definitions

pytestmark = pytest.mark.dynamodb_local


def test_every_table_of_the_template_is_there_and_empty(stage_tables):
    dynamodb = client(stage_tables.endpoint)
    assert set(stage_tables.names) == {name for name, _ in table_definitions("any")}
    assert {"core", "identity", "audit", "work", "ephemeral", "system"} <= set(stage_tables.names)
    for name in stage_tables.names.values():
        assert dynamodb.scan(TableName=name, Select="COUNT")["Count"] == 0


def test_indexes_are_those_of_the_template(stage_tables):
    described = client(stage_tables.endpoint).describe_table(TableName=stage_tables.names["core"])
    indexes = {index["IndexName"] for index in described["Table"]["GlobalSecondaryIndexes"]}
    assert indexes == {"folders", "modified", "digest"}


def test_a_condition_holds_in_a_transaction(stage_tables):
    dynamodb = client(stage_tables.endpoint)
    put = {
        "TableName": stage_tables.names["core"],
        "Item": {"pk": {"S": "p"}, "sk": {"S": "s"}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    dynamodb.transact_write_items(TransactItems=[{"Put": put}])
    with pytest.raises(ClientError, match="TransactionCanceled"):
        dynamodb.transact_write_items(TransactItems=[{"Put": put}])
