# ruff: noqa: SLF001 - the emulator offers no public way in
"""ImportRestApi and PutRestApi, which chalice deploys with.

The emulator has an importer for its CloudFormation provisioner, but the two API calls
do not reach it: POST /restapis?mode=import makes an empty API and PUT answers 404.
"""

import json
from collections.abc import Mapping
from typing import Any

from ministack.services import apigateway_v1 as gateway

Response = tuple[int, dict[str, Any], bytes]


def install() -> None:
    """Send the two calls to the importer."""
    stock = gateway.handle_request

    async def handle_request(
        method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, list[str]]
    ) -> Response:
        parts = [part for part in path.split("/") if part]
        mode = (query.get("mode") or [""])[0]
        if method == "POST" and parts == ["restapis"] and mode == "import":
            return _import(json.loads(body), query)
        if method == "PUT" and parts[:1] == ["restapis"] and len(parts) == 2:  # noqa: PLR2004
            return _overwrite(parts[1], json.loads(body))
        response: Response = await stock(method, path, headers, body, query)
        return response

    gateway.handle_request = handle_request


def _import(swagger: Mapping[str, Any], query: Mapping[str, list[str]]) -> Response:
    base = dict(_settings(swagger))
    types = query.get("endpointConfigurationTypes")
    if types:
        base["endpointConfiguration"] = {"types": types}
    api_id = gateway._import_rest_api(swagger, base)
    return 201, *_view(api_id)


def _overwrite(api_id: str, swagger: Mapping[str, Any]) -> Response:
    api = gateway._rest_apis.get(api_id)
    if api is None:
        missing: Response = gateway._v1_error(
            "NotFoundException", "Invalid API identifier specified", 404
        )
        return missing
    api.update(_settings(swagger))
    api["name"] = swagger["info"]["title"]
    root = next(r for r in gateway._resources[api_id].values() if r["path"] == "/")
    gateway._resources[api_id] = {root["id"]: {**root, "resourceMethods": {}}}
    gateway._authorizers_v1[api_id] = {}
    schemes = gateway._import_security_schemes(api_id, swagger)
    for path, item in swagger["paths"].items():
        gateway._import_path_item(api_id, path, item, schemes, swagger.get("security"))
    return 200, *_view(api_id)


def _settings(swagger: Mapping[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "binaryMediaTypes": swagger.get("x-amazon-apigateway-binary-media-types", [])
    }
    if "x-amazon-apigateway-policy" in swagger:
        settings["policy"] = json.dumps(swagger["x-amazon-apigateway-policy"])
    return settings


def _view(api_id: str) -> tuple[dict[str, Any], bytes]:
    _, headers, body = gateway._get_rest_api(api_id)
    return headers, body
