"""From API Gateway's event to a `Call`."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from chalicelib.errors import Invalid, PaperTrailError, TooLarge, Unreadable
from chalicelib.wiring import Wiring
from functions.calls import MAX_BODY, Call, Client

if TYPE_CHECKING:
    from pydantic import ValidationError

_MAX_AGENT = 256
_MAX_TEXT = 300
_MAX_CURSOR = 4096
_MAX_FIELD = 100
_JSON = "application/json"


def read_request(request: Any, wiring: Wiring) -> Call:  # noqa: ANN401 - chalice's untyped Request
    """Everything of a request but its body's meaning and its sender."""
    # Nothing of ours is broken Unicode, and no answer that repeats any could be sent.
    params = {name: _legible(value) for name, value in (request.uri_params or {}).items()}
    query = request.query_params or {}
    headers = {name.lower(): value for name, value in dict(request.headers).items()}
    identity = request.context.get("identity") or {}
    path = _filled(request.path, params)
    prefix = _prefix(str(request.context.get("path", path)), path)
    return Call(
        method=request.method,
        path=path,
        prefix=prefix,
        params=params,
        query={_legible(name): _legible(value) for name, value in query.items()},
        headers=headers,
        body=None,
        raw_body=_bytes(request),
        client=Client(
            address=str(identity.get("sourceIp") or "unknown"),
            agent=headers.get("user-agent", "")[:_MAX_AGENT],
        ),
        request_id=str(request.context.get("requestId") or wiring.new_id()),
        new_id=wiring.new_id,
        origin=_origin(headers, wiring),
        access=None,
        session=None,
    )


def check_query(call: Call, names: Iterable[str]) -> None:
    """Refuse query parameters that no key of a table could hold.

    Raises:
        Invalid: the first that is too long.
    """
    for name in names:
        value = call.query.get(name, "")
        most = _MAX_CURSOR if name == "cursor" else _MAX_TEXT
        if len(value.encode()) > most:
            raise Invalid(name, f"at most {most} bytes")


def read_body(call: Call, model: str | None) -> Call:
    """The call with its body as the route's model.

    Raises:
        TooLarge: over 256 KiB; files go to the upload's own address.
        Unreadable: it says to be something else than JSON.
        Invalid: no JSON, no object, or not as the model says; names the first field in the wrong.
    """
    if model is None:
        return call
    if len(call.raw_body) > MAX_BODY:
        raise TooLarge(f"A request body may have {MAX_BODY} bytes.", limit=MAX_BODY)
    if call.raw_body and _media_type(call) != _JSON:
        raise Unreadable(f"Send the body as {_JSON}, and say so in Content-Type.")
    try:
        value = json.loads(call.raw_body or b"{}")
    except (ValueError, RecursionError) as error:
        raise Invalid("body", "send a JSON object in UTF-8") from error
    return replace(call, body=_validated(value, model))


def _validated(value: object, model: str) -> object:
    from pydantic import ValidationError  # noqa: PLC0415 - most starts read no body

    from functions.http.bodies import shape  # noqa: PLC0415 - as above

    try:
        return shape(model).model_validate(value)
    except ValidationError as error:
        raise _first_problem(error) from error


def _first_problem(error: "ValidationError") -> PaperTrailError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "body"
    return Invalid(_legible(field)[:_MAX_FIELD], str(first["msg"]))


def _legible(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _media_type(call: Call) -> str:
    return call.headers.get("content-type", _JSON).partition(";")[0].strip().lower()


def _bytes(request: Any) -> bytes:  # noqa: ANN401 - chalice's untyped Request
    event = request.to_original_event()
    text = event.get("body") or ""
    try:
        # chalice's own decoding skips what is no base64, and so turns rubbish into another body.
        encoded = event.get("isBase64Encoded", False)
        return base64.b64decode(text, validate=True) if encoded else text.encode()
    except ValueError:
        return b"\xff"  # what no JSON and no form begins with


def _filled(template: str, params: Mapping[str, str]) -> str:
    path = template
    for name, value in params.items():
        path = path.replace("{" + name + "}", value).replace("{" + name + "+}", value)
    return path


def _prefix(requested: str, path: str) -> str:
    # With the API's own address the path begins with the stage, under a custom domain it does not.
    # Parameters come decoded, the path as it was sent.
    plain = unquote(requested)
    return plain.removesuffix(path).rstrip("/") if plain.endswith(path) else ""


def _origin(headers: Mapping[str, str], wiring: Wiring) -> str:
    if wiring.config.portal_url:
        return "/".join(wiring.config.portal_url.split("/")[:3])
    scheme = "http" if wiring.config.allow_http else "https"
    return f"{scheme}://{headers.get('host', '')}"
