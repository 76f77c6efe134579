"""The least that could do the same: a bare Chalice app with plain boto3 clients.

Its one route makes the calls that it is told, in order, and answers with what it is told.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
from botocore import xform_name
from botocore.config import Config
from botocore.exceptions import ClientError
from chalice.app import Chalice, Response

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_S3 = Config(signature_version="s3v4", s3={"addressing_style": "path"})


class Bare:
    """Stands in for a function.

    Args:
        calls: service, operation and parameters of each call.
        links: operation, parameters and seconds of each presigned address.
        status: of its answer.
        text: its answer, JSON or a page.
        kind: media type of the answer.
    """

    def __init__(
        self,
        *,
        calls: Sequence[tuple[str, str, Mapping[str, Any]]],
        links: Sequence[tuple[str, Mapping[str, Any], int]] = (),
        status: int = 200,
        text: str = "",
        kind: str = "",
    ) -> None:
        self._calls, self._links = calls, links
        self._clients: dict[str, Any] = {}
        self._app = Chalice(app_name="bare")
        body = json.loads(text) if text and kind == "application/json" else text
        self._app.route("/bare", methods=METHODS, content_types=["*/*"])(
            lambda: self._answer(body, status, kind)
        )

    def answer(self, event: Mapping[str, Any]) -> Any:
        """Answer an event of API Gateway's, whatever route it is for."""
        context = {**event["requestContext"], "resourcePath": "/bare"}
        return self._app({**event, "requestContext": context, "pathParameters": {}}, None)

    def work(self) -> None:
        """Make all calls."""
        for service, operation, parameters in self._calls:
            call = getattr(self._client(service), xform_name(operation))
            try:
                given = call(**parameters)
            except ClientError:
                continue  # what was recorded: that something is not there, say
            if "Body" in given:
                given["Body"].read()
        for operation, parameters, seconds in self._links:
            self._client("s3").generate_presigned_url(
                operation, Params=parameters, ExpiresIn=seconds
            )

    def _answer(self, body: Any, status: int, kind: str) -> Response:
        self.work()
        return Response(body=body, status_code=status, headers={"Content-Type": kind})

    def _client(self, service: str) -> Any:
        if service not in self._clients:
            config = _S3 if service == "s3" else None
            self._clients[service] = boto3.client(service, config=config)
        return self._clients[service]
