# ruff: noqa: SLF001, ANN401 - the emulator offers no public way in, and its records are untyped
"""Lambda's limit on what goes in and out of a call.

A synchronous call takes 6 MiB and gives 6 MiB. The emulator has no limit, so an answer
that AWS would refuse would pass every test here.
"""

import json
from typing import Any

from ministack.services import apigateway_v1 as gateway

LARGEST_BYTES = 6 * 1024 * 1024


def install() -> None:
    """Fail calls of the API whose request or answer is too large, as API Gateway does: 502."""
    stock = gateway._call_lambda_raw

    async def call(function: str, event: Any, **scope: Any) -> tuple[Any, Any]:
        if _too_large(event):
            return _failed("Request payload size exceeded maximum allowed payload size"), None
        result, error = await stock(function, event, **scope)
        if result is not None and not result.get("error") and _too_large(result.get("body")):
            return _failed("Response payload size exceeded maximum allowed payload size"), None
        return result, error

    gateway._call_lambda_raw = call


def _too_large(payload: Any) -> bool:
    return len(json.dumps(payload, ensure_ascii=False).encode()) > LARGEST_BYTES


def _failed(message: str) -> dict[str, Any]:
    body = {"errorMessage": message, "errorType": "Function.ResponseSizeTooLarge"}
    return {"body": body, "error": True, "log": message}
