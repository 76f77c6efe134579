"""From a call to a page: who visits, the nonce, the headers, and the way down to a folder."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chalicelib.access.model import ROOT_ID, Place, Role
from chalicelib.web import pages
from chalicelib.wiring import wired
from functions import sessions
from functions.calls import Answer, Call

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person a page is for."""

    id: str
    name: str
    username: str
    administrator: bool


def page(call: Call, template: str, *, status: int = 200, **view: object) -> Answer:
    """Render a template for whoever calls."""
    visit = _visit(call)
    given = {"trail": root_trail(call), **view} if visit.viewer else view
    return Answer(
        status=status,
        body=pages.render(template, visit, **given),
        content_type=HTML,
        headers=pages.security_headers(visit.nonce, wired().storage_origins),
    )


def see_other(call: Call, path: str, *, cookies: tuple[str, ...] = ()) -> Answer:
    """Send the browser to another page of ours by GET."""
    return Answer(
        status=303, content_type=HTML, headers={"Location": call.url(path)}, cookies=cookies
    )


def next_url(call: Call, cursor: str | None) -> str | None:
    """Give the link to the page behind `cursor`, under the same view; None: there is no more."""
    if cursor is None:
        return None
    return call.url(f"{call.path}?{pages.query({**call.query, 'cursor': cursor})}")


def trail_of(places: Sequence[Place]) -> list[dict[str, str]]:
    """Turn folders from the innermost up into the way down, as the sidebar and crumbs show it."""
    return [{"id": place.id, "name": place.name} for place in reversed(places)]


def crumbs_of(
    trail: Sequence[Mapping[str, str]], *ends: tuple[str, str]
) -> list[Mapping[str, str]]:
    """Give breadcrumbs: home, the folders, and what follows as (name, path)."""
    folders = [{"name": node["name"], "path": f"/nodes/{node['id']}"} for node in trail]
    return [
        {"name": "Home", "path": "/"},
        *folders,
        *({"name": name, "path": path} for name, path in ends),
    ]


def root_trail(call: Call) -> list[dict[str, str]]:
    """Give the topmost folder as a trail, if this person sees it (from the lineage cache)."""
    standing = wired().filing.guard.standing(call.authority, ROOT_ID)
    return trail_of(standing.lineage) if standing else []


def permissions_of(role: Role) -> list[str]:
    """Name what the role allows, for scripts to offer no more than that."""
    return sorted(permission.value for permission in role.permissions)


def form_of(call: Call) -> dict[str, str]:
    """Read a posted form; of a field that came twice the first counts."""
    return pages.read_form(call.raw_body)


def _visit(call: Call) -> pages.Visit:
    known: dict[str, Any] = {}
    if call.access is not None:
        who = call.authority.principal
        known["viewer"] = Viewer(who.user_id, who.name, who.username, who.is_administrator)
        known["csrf_token"] = sessions.csrf_token(sessions.cookie_value(call, wired()))
    nonce = secrets.token_urlsafe(16)
    return pages.Visit(prefix=call.prefix, nonce=nonce, now=wired().now(), **known)
