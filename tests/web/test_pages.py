import re
from datetime import UTC, datetime

import pytest
from jinja2 import UndefinedError

from chalicelib.web import pages

VISIT = pages.Visit(prefix="/api", nonce="abc", now=datetime(2031, 5, 6, tzinfo=UTC))


def test_links_and_assets_carry_the_prefix():
    assert VISIT.url("/trash") == "/api/trash"
    assert VISIT.asset("main.js") == "/api/assets/main-1.js"
    assert VISIT.workers()["pdf-cmaps"] == "/api/assets/pdf-cmaps-1"


def test_what_all_pages_share_is_drawn_anew_for_another_prefix_only():
    elsewhere = pages.Visit(prefix="", nonce="other", now=VISIT.now)
    assert VISIT.overlays() is pages.Visit(prefix="/api", nonce="x", now=VISIT.now).overlays()
    assert 'href="/api/assets/icons-1.svg#upload"' in VISIT.overlays()
    assert 'href="/assets/icons-1.svg#upload"' in elsewhere.overlays()
    assert "/api/" not in elsewhere.overlays()


def test_an_icon_is_hidden_from_readers_and_never_markup():
    drawn = VISIT.icon('"><b>', "small")
    assert '<svg class="icon small" aria-hidden="true"' in drawn
    assert "<b>" not in drawn


def test_what_people_type_is_never_markup():
    shown = pages.render("sign_in", VISIT, error="", username='"><script>', next="")
    assert "<script>" not in shown
    assert "&#34;&gt;&lt;script&gt;" in shown


def test_a_value_that_a_template_lacks_is_a_defect():
    with pytest.raises(UndefinedError):
        pages.render("sign_in", VISIT, error="")


def test_no_template_has_inline_styles_or_handlers():
    for name in pages.environment().list_templates():
        source = pages.environment().loader.get_source(pages.environment(), name)[0]
        assert not re.search(r"\sstyle=|\son\w+=|javascript:|\|safe", source), name


def test_the_policy_names_the_nonce_and_the_storage_only():
    assert pages.security_headers("abc", ["https://b.test", "https://a.test"]) == {
        "Content-Security-Policy": (
            "default-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
            "script-src 'nonce-abc' 'strict-dynamic'; style-src 'self'; font-src data:; "
            "img-src 'self' blob: data: https://a.test https://b.test; "
            "connect-src 'self' https://a.test https://b.test; worker-src 'self'"
        ),
        "Referrer-Policy": "same-origin",
    }


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b"a=1&b=%C3%A9&a=2", {"a": "1", "b": "é"}),
        (b"\xff", {}),
        (b"&".join(b"a=1" for _ in range(60)), {}),
        (b"a=", {"a": ""}),
    ],
)
def test_forms_are_read_leniently(body, read):
    assert pages.read_form(body) == read
