"""Pages from templates: one cached Jinja environment, and what every page is given."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qsl, urlencode

from chalicelib.web import formats
from chalicelib.web.assets import Assets

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

assets: Final = Assets()
_WORKERS: Final = ("digest-worker.js", "pdf-worker.js", "pdf-cmaps", "pdf-fonts", "pdf-wasm")


class Viewer(Protocol):
    """The person a page is for, as far as pages care."""

    @property
    def id(self) -> str:
        """The opaque id."""

    @property
    def name(self) -> str:
        """What to call them."""

    @property
    def username(self) -> str:
        """What they sign in with."""

    @property
    def administrator(self) -> bool:
        """Whether they see the administration pages."""


@dataclass(frozen=True)
class Visit:
    """One request for a page.

    prefix: what stands before every path of ours ("/api", or "" under the own domain).
    nonce: the one in this response's Content-Security-Policy.
    csrf_token: empty when nobody is signed in.
    """

    prefix: str
    nonce: str
    now: datetime
    viewer: Viewer | None = None
    csrf_token: str = ""

    def url(self, path: str) -> str:
        """Put the prefix before a path of ours, which starts with a slash."""
        return f"{self.prefix}{path}"

    def asset(self, name: str) -> str:
        """Name the URL of a static file by its plain name; it changes with its content."""
        return self.url(f"/assets/{assets.path(name)}")

    def icon(self, name: str, extra: str = "") -> "Markup":
        """Draw one of the icons, with more classes than its own."""
        return _icon(self.asset("icons.svg"), name, extra)

    def overlays(self) -> "Markup":
        """Give what outlives moving from page to page: the same for everybody."""
        return _overlays(self.asset("icons.svg"))

    def workers(self) -> Mapping[str, str]:
        """Name the URLs that scripts load by themselves, by plain name."""
        return {name: self.asset(name) for name in _WORKERS}

    def ago(self, value: datetime | str) -> str:
        """Say how long before this visit something was."""
        return formats.ago(value, self.now)


@lru_cache(maxsize=512)
def _icon(sprite: str, name: str, extra: str) -> "Markup":
    from markupsafe import Markup  # noqa: PLC0415 - with jinja2

    return Markup(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>'
    ).format(f"icon {extra}".rstrip(), sprite, name)


@lru_cache(maxsize=8)
def _overlays(sprite: str) -> "Markup":
    from markupsafe import Markup  # noqa: PLC0415 - with jinja2

    def icon(name: str, extra: str = "") -> "Markup":
        return _icon(sprite, name, extra)

    # Escaped by the template itself.
    return Markup(environment().get_template("parts/overlays.html").render(icon=icon))  # noqa: S704


@cache
def environment() -> "Environment":
    """Build the template environment once a process. Templates of a zip do not change."""
    from jinja2 import (  # noqa: PLC0415 - 45 ms, and the API renders nothing
        Environment,
        PackageLoader,
        StrictUndefined,
    )

    made = Environment(
        loader=PackageLoader("chalicelib.web", "templates"),
        autoescape=True,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    made.filters.update(
        initials=formats.initials, iso=formats.iso, size=formats.size, stamp=formats.stamp
    )
    made.globals.update(kind_of=formats.kind, preview_of=formats.preview)
    return made


def render(template: str, visit: Visit, /, **view: object) -> str:
    """Render a page: a template's name without .html, the visit, and the page's own values."""
    return (
        environment().get_template(f"{template}.html").render(visit=visit, icon=visit.icon, **view)
    )


def security_headers(nonce: str, storage: Iterable[str]) -> dict[str, str]:
    """Give the headers in which a page differs from everything else that is served.

    storage: origins that presigned requests go to, as scheme://host[:port].
    """
    stored = " ".join(sorted(storage))
    policy = (
        "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
        f"script-src 'nonce-{nonce}' 'strict-dynamic'; style-src 'self'; font-src data:; "
        f"img-src 'self' blob: data: {stored}; connect-src 'self' {stored}; worker-src 'self'"
    )
    # "no-referrer" would make browsers send forms with "Origin: null", which the door refuses.
    return {"Content-Security-Policy": policy, "Referrer-Policy": "same-origin"}


def query(values: Mapping[str, str]) -> str:
    """Write a query string."""
    return urlencode(values)


def read_form(body: bytes) -> dict[str, str]:
    """Read a urlencoded form; of a field that came twice the first counts.

    What is no form reads as an empty one, for the page to ask again.
    """
    try:
        pairs = parse_qsl(body.decode("utf-8"), keep_blank_values=True, max_num_fields=50)
    except ValueError:
        return {}
    return dict(reversed(pairs))
