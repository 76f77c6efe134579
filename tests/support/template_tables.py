"""The tables of a stage, as infra/data_stack.yaml defines them: tests cannot drift from it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

TEMPLATE = Path(__file__).resolve().parents[2] / "infra" / "data_stack.yaml"
# What CreateTable knows and a local engine accepts; encryption and backups are AWS's.
CREATED = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")


class _Loader(yaml.SafeLoader):
    """Reads CloudFormation's short forms (`!Ref x`) as their plain values."""


def _plain(loader: _Loader, _tag: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_mapping(node, deep=True)


_Loader.add_multi_constructor("!", _plain)


def table_definitions(prefix: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each table's short name (`core`) and its CreateTable request, named `PREFIX-core`."""
    template = yaml.load(TEMPLATE.read_text(encoding="utf-8"), Loader=_Loader)
    for resource in template["Resources"].values():
        # Fn::ForEach makes a list; no table is made by one.
        if not isinstance(resource, dict) or resource["Type"] != "AWS::DynamoDB::Table":
            continue
        properties = resource["Properties"]
        name = properties["TableName"].rpartition("-")[2]
        request = {key: properties[key] for key in CREATED if key in properties}
        stream = properties.get("StreamSpecification")
        if stream:
            request["StreamSpecification"] = {**stream, "StreamEnabled": True}
        yield name, {**request, "TableName": f"{prefix}-{name}"}
