"""DynamoDB Local with one set of tables for the session: making them costs more than most tests.

Fixtures: `dynamodb` (the adapter on empty tables) and `connect` (another connection to them, for
threads that race).
"""

import uuid

import pytest

from chalicelib.dynamodb import DynamoDatabase
from chalicelib.transaction import Key, Table
from tests.support.dynamodb_local import REGION, StageTables, client, create_tables


@pytest.fixture(scope="session")
def lasting_tables(dynamodb_server):
    return create_tables(dynamodb_server, f"s{uuid.uuid4().hex[:12]}")


@pytest.fixture(scope="session")
def connect(lasting_tables):
    """Return another `DynamoDatabase` on the session's tables with each call."""
    names = {table: lasting_tables.names[table.value] for table in Table}

    def connected() -> DynamoDatabase:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in lasting_tables.environment().items():
                patch.setenv(name, value)
            made = DynamoDatabase(names, region=REGION, host=lasting_tables.endpoint)
            made.get(Key(Table.CORE, "any", "any"))  # credentials are looked up once, here
            return made

    return connected


@pytest.fixture(scope="session")
def _connected(connect):
    return connect()


@pytest.fixture
def dynamodb(_connected, lasting_tables):
    yield _connected
    _empty(lasting_tables)


def _empty(tables: StageTables) -> None:
    dynamodb = client(tables.endpoint)
    for name in tables.names.values():
        pages = dynamodb.get_paginator("scan").paginate(
            TableName=name, ProjectionExpression="pk,sk", ConsistentRead=True
        )
        items = [item for page in pages for item in page["Items"]]
        for start in range(0, len(items), 25):
            requests = [{"DeleteRequest": {"Key": item}} for item in items[start : start + 25]]
            dynamodb.batch_write_item(RequestItems={name: requests})
