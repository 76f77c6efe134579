"""What every refusal of the API looks like, and that it changed nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from tests.support.api import Reply
from tests.support.world import World

HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "referrer-policy": "no-referrer",
    "strict-transport-security": "max-age=63072000; includeSubDomains",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


def require_problem(reply: Reply, *statuses: int) -> None:
    """An RFC 9457 problem with one of the statuses (any 4xx, when none is named)."""
    assert reply.status in (statuses or range(400, 500)), f"{reply.status} {reply.text[:500]}"
    require_headers(reply)
    assert reply.headers["content-type"] == "application/problem+json"
    told = reply.json
    assert told["type"].startswith("urn:papertrail:problem:")
    assert told["status"] == reply.status
    assert told["title"]
    assert len(told["detail"]) > 10
    assert told["request_id"] == reply.headers["x-request-id"]
    for error in told.get("errors", []):
        assert error["field"]
        assert len(error["problem"]) > 5
    assert len(reply.text) < 2000, "an answer should not echo what was sent"


def require_headers(reply: Reply) -> None:
    assert {name: reply.headers.get(name) for name in HEADERS} == HEADERS
    assert reply.headers["x-request-id"]


@contextmanager
def nothing_changed(world: World) -> Iterator[None]:
    """Rows and files stay as they are, whatever happens within."""
    before = dict(world.rows()), _files(world)
    yield
    assert (dict(world.rows()), _files(world)) == before


def _files(world: World) -> object:
    return deepcopy((world.files.staged, world.files.open, world.files.kept))
