"""What a handler gets (`Call`) and gives (`Answer`)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from chalicelib.access.guard import Authority
from chalicelib.errors import Invalid, MatchRequired, Unauthenticated
from chalicelib.identity.session import Session

MAX_BODY = 256 * 1024
DEFAULT_LIMIT = 50
MAX_LIMIT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """Where a request comes from, as the API gateway saw it."""

    address: str
    agent: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request, authenticated and parsed; `body` is an instance of the route's model."""

    method: str
    path: str
    prefix: str
    params: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any
    raw_body: bytes
    client: Client
    request_id: str
    new_id: Callable[[], str]
    origin: str
    access: Authority | None
    session: Session | None

    @property
    def authority(self) -> Authority:
        """Who asks.

        Raises:
            Unauthenticated: nobody is signed in.
        """
        if self.access is None:
            raise Unauthenticated
        return self.access

    @property
    def rev(self) -> int:
        """The revision that If-Match names.

        Raises:
            MatchRequired: the header is missing.
            Invalid: it is not an ETag of ours.
        """
        text = self.headers.get("if-match", "").strip()
        if not text:
            raise MatchRequired
        number = text.removeprefix("W/").strip('"')
        if not number.isascii() or not number.isdecimal() or len(number) > 15:  # noqa: PLR2004 - int64
            raise Invalid("If-Match", 'send the ETag as you read it, for example "7"')
        return int(number)

    @property
    def limit(self) -> int:
        """How many items to list (1 to 200, 50 when not said).

        Raises:
            Invalid: it is no such number.
        """
        text = self.query.get("limit", str(DEFAULT_LIMIT))
        # The door bounds its length, so that int() reads it at once.
        if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= MAX_LIMIT:
            raise Invalid("limit", f"a whole number from 1 to {MAX_LIMIT}")
        return int(text)

    @property
    def cursor(self) -> str | None:
        """The opaque position to list from."""
        return self.query.get("cursor") or None

    def url(self, path: str) -> str:
        """A link to one of our paths, under the prefix that this request came by."""
        return f"{self.prefix}{path}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back. `body` is JSON values, or text/bytes with its `content_type`.

    `secret` tells that the body holds something shown once, which nothing may keep.
    """

    status: int = 200
    body: Any = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    cookies: tuple[str, ...] = ()
    secret: bool = False

    def text(self) -> str | bytes:
        """The body as it is sent."""
        if isinstance(self.body, (str, bytes)):
            return self.body
        if self.body is None:
            return ""
        return json.dumps(self.body, ensure_ascii=False, separators=(",", ":"))


def etag(rev: int) -> dict[str, str]:
    """The ETag header of a revision."""
    return {"ETag": f'"{rev}"'}
