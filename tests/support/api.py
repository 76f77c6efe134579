"""The API in process: requests as API Gateway hands them over, through chalice's own routing."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

import app
from functions.edge import ROUTES


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    text: str
    cookies: list[str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


@dataclass
class Api:
    """A client that keeps its cookie and CSRF token, as a browser does."""

    cookie: str = ""
    csrf: str = ""
    address: str = "192.0.2.7"
    agent: str = "test"
    prefix: str = "/api"
    headers: dict[str, str] = field(default_factory=dict)

    def sign_in(self, username: str, password: str) -> Reply:
        reply = self.post("/v1/sessions", {"username": username, "password": password})
        if reply.status == 201:
            self.cookie = reply.cookies[0].partition(";")[0]
            self.csrf = reply.json["csrf_token"]
        return reply

    def get(self, path: str, **headers: str) -> Reply:
        return self.send("GET", path, None, headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("POST", path, body, headers)

    def patch(self, path: str, body: Any, **headers: str) -> Reply:
        return self.send("PATCH", path, body, headers)

    def put(self, path: str, body: Any = None, **headers: str) -> Reply:
        return self.send("PUT", path, body, headers)

    def delete(self, path: str, **headers: str) -> Reply:
        return self.send("DELETE", path, None, headers)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str | None] | None = None,
        *,
        resource: str | None = None,
        encoded: bool = False,
    ) -> Reply:
        """Send a request.

        Args:
            method: as sent, whether a route knows it or not (then name its `resource`).
            path: with its query, percent-encoded.
            body: text or bytes as they are, anything else as JSON.
            headers: names with underscores for dashes; None leaves a header out.
            resource: the route's path, where it shall not be looked up.
            encoded: `body` is base64 already, or pretends to be.
        """
        bare, _, query = path.partition("?")
        found, params = (resource, {}) if resource else matched(method, bare)
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": found,
                "path": f"{self.prefix}{bare}",
                "requestId": "request-1",
                "identity": {"sourceIp": self.address},
            },
            "multiValueQueryStringParameters": parse_qs(query, keep_blank_values=True) or None,
            "headers": self._headers(headers or {}),
            "pathParameters": {name: unquote(value) for name, value in params.items()},
            "stageVariables": None,
            **_body(body, encoded=encoded),
        }
        return invoke(event)

    def _headers(self, given: Mapping[str, str | None]) -> dict[str, str]:
        sent: dict[str, str | None] = {
            "Host": "papertrail.test",
            "User-Agent": self.agent,
            "Content-Type": "application/json",
            **self.headers,
        }
        if self.cookie:
            sent["Cookie"] = self.cookie
            sent["X-CSRF-Token"] = self.csrf
        sent |= {name.replace("_", "-"): value for name, value in given.items()}
        return {name: value for name, value in sent.items() if value is not None}


def invoke(event: Mapping[str, Any]) -> Reply:
    """Run the handler on an event as Lambda does: both ways are JSON in UTF-8."""
    answer = app.app(json.loads(json.dumps(event)), None)
    json.dumps(answer, ensure_ascii=False).encode()
    multi = answer.get("multiValueHeaders", {})
    return Reply(
        answer["statusCode"],
        {name.lower(): value for name, value in answer["headers"].items()},
        answer["body"],
        list(multi.get("Set-Cookie", [])),
    )


def matched(method: str, path: str) -> tuple[str, dict[str, str]]:
    """The route that API Gateway takes for a path, and its parameters as they stand there."""
    # Literal segments win over parameters, and those over a greedy one, as at API Gateway.
    candidates = sorted(
        (route.path for route in ROUTES if route.method == method),
        key=lambda path: ("+}" in path, path.count("{"), -len(path)),
    )
    for template in candidates:
        pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", template)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        found = re.fullmatch(pattern, path)
        if found:
            return template, found.groupdict()
    raise LookupError(f"no route for {method} {path}")


def _body(body: Any, *, encoded: bool) -> dict[str, Any]:
    if isinstance(body, bytes):
        # API Gateway hands over as base64 what is no text.
        return {"body": base64.b64encode(body).decode(), "isBase64Encoded": True}
    text = body if isinstance(body, str) or body is None else json.dumps(body)
    return {"body": text, "isBase64Encoded": encoded}
