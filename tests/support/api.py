"""The API in process: requests as API Gateway hands them over, through chalice's own routing."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """Send a request; header names as keyword arguments with underscores for dashes."""
        bare, _, query = path.partition("?")
        resource, params = _resource(method, bare)
        sent = {
            "Host": "papertrail.test",
            "User-Agent": self.agent,
            "Content-Type": "application/json",
            **self.headers,
            **{name.replace("_", "-"): value for name, value in (headers or {}).items()},
        }
        if self.cookie:
            sent["Cookie"] = self.cookie
            sent.setdefault("X-CSRF-Token", self.csrf)
        event = {
            "requestContext": {
                "httpMethod": method,
                "resourcePath": resource,
                "path": f"{self.prefix}{bare}",
                "requestId": "request-1",
                "identity": {"sourceIp": self.address},
            },
            "multiValueQueryStringParameters": _query(query),
            "headers": sent,
            "pathParameters": params,
            "body": body if isinstance(body, str) or body is None else json.dumps(body),
            "stageVariables": None,
            "isBase64Encoded": False,
        }
        answer = app.app(event, None)
        multi = answer.get("multiValueHeaders", {})
        return Reply(
            answer["statusCode"],
            {name.lower(): value for name, value in answer["headers"].items()},
            answer["body"],
            list(multi.get("Set-Cookie", [])),
        )


def _resource(method: str, path: str) -> tuple[str, dict[str, str]]:
    # Literal segments win over parameters, as at API Gateway.
    candidates = sorted(
        (route.path for route in ROUTES if route.method == method), key=lambda p: p.count("{")
    )
    for template in candidates:
        pattern = re.sub(r"\{(\w+)\+\}", r"(?P<\1>.+)", template)
        pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", pattern)
        found = re.fullmatch(pattern, path)
        if found:
            return template, found.groupdict()
    raise LookupError(f"no route for {method} {path}")


def _query(query: str) -> dict[str, list[str]] | None:
    from urllib.parse import parse_qs

    return parse_qs(query, keep_blank_values=True) or None
