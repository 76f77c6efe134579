"""The one door: each route declares who may pass, and nothing passes undeclared.

A handler gets a `Call` and gives an `Answer`. Around it the door authenticates (one round trip),
parses the body into the route's model, keeps a POST with an Idempotency-Key from happening twice,
turns errors into RFC 9457 problems (or pages), and logs one line per request.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol

from chalice.app import Blueprint, Response

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.documents.veil import veiled_refusal
from chalicelib.errors import (
    Forbidden,
    NameTaken,
    PaperTrailError,
    Unauthenticated,
    Unavailable,
)
from chalicelib.outages import is_outage
from chalicelib.wiring import Wiring, wired
from functions import problems, sessions
from functions.calls import Answer, Call
from functions.idempotency import once
from functions.log import logger
from functions.parameters import Parameter
from functions.requests import check_query, read_body, read_request

SECURITY_HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=63072000; includeSubDomains",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


@dataclass(frozen=True, slots=True)
class Public:
    """Anyone may pass; the reason is part of the declaration."""

    because: str


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whoever is signed in may pass, for what is their own.

    `fresh_password` False lets those through who must first change their password.
    """

    fresh_password: bool = True


@dataclass(frozen=True, slots=True)
class Administrator:
    """The environment's administrators may pass; it opens no document."""


class Needs:
    """Whoever holds the permission on the very object; the use case checks, the door makes sure.

    With several permissions the body decides which one is asked for (a PATCH that renames or
    moves), and the use case must have checked at least one of them.
    """

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = frozenset(permissions)


Access = Public | SignedIn | Administrator | Needs


class Match(StrEnum):
    """Whether a route wants If-Match."""

    NO = "no"
    MAY = "may"
    MUST = "must"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What a route declares of itself; the OpenAPI document and the access tests read this."""

    path: str
    method: str
    access: Access
    handler: Callable[[Call], Answer]
    summary: str
    body: str | None
    returns: str | None
    status: int
    page: bool
    query: Sequence[Parameter]
    match: Match
    gives: Sequence[str]
    also: Mapping[int, str | None]
    files: Mapping[str, Mapping[str, Any]]
    along: bool


ROUTES: list[Route] = []


class Renderer(Protocol):
    """How pages tell errors; functions/web sets it."""

    def __call__(self, error: PaperTrailError | None, call: Call, status: int) -> Answer:
        """A page that says what went wrong and what to do (`error` None: a fault of ours)."""
        ...


@dataclass
class _Pages:
    render: Renderer | None = None


PAGES = _Pages()


class Door(Blueprint):
    """A blueprint whose routes cannot leave out their access."""

    def __init__(self, import_name: str, *, page: bool = False) -> None:
        super().__init__(import_name)
        self._page = page

    def on(
        self,
        method: str,
        path: str,
        *,
        access: Access,
        summary: str,
        body: str | None = None,
        returns: str | None = None,
        status: int = 200,
        query: Sequence[Parameter] = (),
        match: Match = Match.NO,
        gives: Sequence[str] = (),
        also: Mapping[int, str | None] | None = None,
        files: Mapping[str, Mapping[str, Any]] | None = None,
        along: bool = True,
    ) -> Callable[[Callable[[Call], Answer]], Callable[[Call], Answer]]:
        """Register a handler for a method and path.

        Args:
            method: GET, POST, PUT, PATCH or DELETE.
            path: with parameters in braces.
            access: who may pass.
            summary: what it does, in a line.
            body: what it reads: the name of a model in functions/http/bodies/.
            returns: what it answers with, likewise.
            status: when all went well.
            query: the parameters that it looks at.
            match: whether it wants If-Match.
            gives: headers of a good answer, such as ETag.
            also: further statuses, with what they answer (None for a problem, by the status).
            files: other media types that it may answer with, described as OpenAPI does.
            along: whether what the path names is read along with who asks; no where the handler
                looks at its place in the tree alone.
        """

        def register(handler: Callable[[Call], Answer]) -> Callable[[Call], Answer]:
            route = Route(
                path=path,
                method=method,
                access=access,
                handler=handler,
                summary=summary,
                body=body,
                returns=returns,
                status=status,
                page=self._page,
                query=query,
                match=match,
                gives=gives,
                also=also or {},
                files=files or {},
                along=along,
            )
            ROUTES.append(route)
            view = _view(self, route)
            self.route(path, methods=[method], content_types=["*/*"], name=view.__name__)(view)
            return handler

        return register


def _view(door: Door, route: Route) -> Callable[..., Response]:
    def view(**_params: str) -> Response:
        return pass_through(route, door.current_request)

    view.__name__ = f"{route.handler.__module__.rsplit('.', 1)[-1]}_{route.handler.__name__}"
    return view


def pass_through(route: Route, request: Any) -> Response:  # noqa: ANN401 - chalice's untyped Request
    """Answer one request; never raises."""
    started = time.perf_counter()
    wiring = wired()
    call = read_request(request, wiring)
    try:
        try:
            required = not isinstance(route.access, Public)
            call = sessions.admit(call, wiring, required=required, along=route.along)
            answer = _answer(route, call, wiring)
        except PaperTrailError as error:
            answer = _refusal(route, call, error, wiring)
    except Exception as error:  # noqa: BLE001 - the last line: traces go to the log alone
        outage = is_outage(error)
        word = "outage" if outage else "fault"
        logger.exception(word, request_id=call.request_id, route=route.path)
        answer = _fault(route, call, Unavailable() if outage else None)
    finally:
        wiring.database.forget()
    _log(route, call, answer, time.perf_counter() - started)
    return Response(
        body=answer.text(),
        status_code=answer.status,
        headers={
            **SECURITY_HEADERS,
            "Content-Type": answer.content_type,
            "X-Request-Id": call.request_id,
            **answer.headers,
            **({"Set-Cookie": list(answer.cookies)} if answer.cookies else {}),
        },
    )


def _answer(route: Route, call: Call, wiring: Wiring) -> Answer:
    _check_declared(route.access, call)
    check_query(call, call.query if route.page else [each.name for each in route.query])
    call = read_body(call, route.body)
    if route.page:  # forms repeat nothing, and a page is not kept: it holds the session's token
        return _handle(route, call)
    return once(wiring, call, lambda seeded: _handle(route, seeded))


def _handle(route: Route, call: Call) -> Answer:
    answer = route.handler(call)
    if isinstance(route.access, Needs) and not route.access.permissions & call.authority.checked:
        raise RuntimeError(f"{route.method} {route.path} never checked its permission")
    return answer


def _check_declared(access: Access, call: Call) -> None:
    if isinstance(access, Public):
        return
    authority: Authority = call.authority
    waived = isinstance(access, SignedIn) and not access.fresh_password
    if call.session is not None and call.session.must_change_password and not waived:
        raise Forbidden("Change your password first: PUT /v1/me/password.", must_change=True)
    if isinstance(access, Administrator) and not authority.principal.is_administrator:
        raise Forbidden("This is for administrators.")


def _refusal(route: Route, call: Call, error: PaperTrailError, wiring: Wiring) -> Answer:
    if isinstance(error, NameTaken):
        error = veiled_refusal(wiring.filing, call.authority, error)
    status = problems.status_of(error)
    if route.page and PAGES.render is not None:
        if isinstance(error, Unauthenticated) and call.method == "GET":
            return sessions.to_sign_in(call)
        shown = PAGES.render(error, call, status)
        return replace(shown, headers={**shown.headers, **problems.headers_of(error)})
    return Answer(
        status=status,
        body=problems.problem(error, request_id=call.request_id),
        content_type=problems.PROBLEM_TYPE,
        headers=problems.headers_of(error),
    )


def _fault(route: Route, call: Call, outage: Unavailable | None) -> Answer:
    """What is told of a fault of ours, or of an outage: that the same may be sent again."""
    status = 500 if outage is None else problems.status_of(outage)
    headers = {} if outage is None else problems.headers_of(outage)
    if route.page and PAGES.render is not None:
        try:
            shown = PAGES.render(outage, call, status)
            return replace(shown, headers={**shown.headers, **headers})
        except Exception:  # noqa: BLE001 - the page may need the very thing that failed
            logger.exception("fault page", request_id=call.request_id, route=route.path)
    told = problems.problem(outage, request_id=call.request_id) if outage else None
    return Answer(
        status=status,
        body=told or problems.unexpected(call.request_id),
        content_type=problems.PROBLEM_TYPE,
        headers=headers,
    )


def _log(route: Route, call: Call, answer: Answer, seconds: float) -> None:
    logger.info(
        "request",
        request_id=call.request_id,
        method=route.method,
        route=route.path,
        status=answer.status,
        milliseconds=round(seconds * 1000),
        user_id=call.access.principal.user_id if call.access else None,
    )
