"""What the emulator takes for itself, measured in the midst of the load."""

import re
import time
from collections.abc import Mapping
from typing import Any

import boto3
import httpx

from infra.local import settings
from tests.bench.load.clerk import Office
from tests.support.environment import Environment

FLOORS = {
    "health": "a request that reads one row (GET /v1/health)",
    "asset": "a static file through the same door and function",
    "row": "one GetItem at the emulator's own endpoint",
}
_PAUSE = 0.5


class Floor:
    """Asks for nearly nothing, over and over."""

    def __init__(self, environment: Environment, environ: Mapping[str, str]) -> None:
        self._http = httpx.Client(timeout=60, trust_env=False)
        page = self._http.get(f"{environment.portal_url}/sign-in")
        found = re.search(r'href="([^"]*/assets/[^"]+\.css)"', page.text)
        assert found, "the sign-in page has no style sheet"
        asset = httpx.URL(environment.portal_url).join(found[1])
        self._addresses = {"health": f"{environment.api_url}/health", "asset": str(asset)}
        self._dynamodb, self._table = _table(environment, environ)

    def ask(self, office: Office, until: float) -> None:
        """Measure each, one after the other, until then."""
        while time.monotonic() < until:
            for name, address in self._addresses.items():
                with office.timed(f"floor {name}"):
                    answer = self._http.get(address)
                if answer.status_code != httpx.codes.OK:
                    office.wrong.append(f"{address}: {answer.status_code} {answer.text[:200]}")
            with office.timed("floor row"):
                key = {"pk": {"S": "EPOCH"}, "sk": {"S": "TREE"}}
                self._dynamodb.get_item(TableName=self._table, Key=key, ConsistentRead=True)
            time.sleep(_PAUSE)


def _table(environment: Environment, environ: Mapping[str, str]) -> tuple[Any, str]:
    variables = settings.load(dict(environ)).aws_environment()
    client = boto3.client(
        "dynamodb",
        endpoint_url=environment.aws_url,
        region_name=variables["AWS_REGION"],
        aws_access_key_id=variables["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=variables["AWS_SECRET_ACCESS_KEY"],
    )
    names = client.list_tables()["TableNames"]
    return client, next(name for name in names if name.endswith("-core"))
