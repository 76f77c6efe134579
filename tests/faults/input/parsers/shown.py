"""What is written for people, out of texts from anywhere: pages' words, and mail."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

from hypothesis import strategies as st

from chalicelib.notify.compose import compose
from chalicelib.notify.mime import to_bytes
from chalicelib.notify.model import Letter, Mail, State
from chalicelib.web import formats
from tests.faults.input import weird
from tests.faults.input.parser import Parser

NOW = datetime(2031, 5, 6, tzinfo=UTC)
_AGENT = "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"


def _moment(text: str) -> Any:
    at = formats.moment(text)
    return at, formats.iso(at), formats.stamp(at), formats.ago(at, NOW)


def _words(text: str) -> Any:
    return formats.browser(text), formats.initials(text), formats.kind(text), formats.preview(text)


def _letter(case: tuple[str, str, str]) -> bytes:
    to, subject, text = case
    return to_bytes(
        Letter(
            sender="PaperTrail <noreply@example.com>",
            to=to,
            subject=subject,
            text=text,
            html=f"<p>{text}</p>",
            message_id="<1@example.com>",
            date=NOW,
        )
    )


def _letter_holds(_case: Any, written: bytes) -> None:
    read = message_from_bytes(written, policy=default)
    assert len(read.get_all("To", [])) == 1, "no header can be made of what is typed"
    assert sorted(name for name in read if name.startswith(("B", "C", "X"))) == ["Content-Type"]
    assert [part.get_content_type() for part in read.iter_parts()] == ["text/plain", "text/html"]


def _composed(name: str) -> Letter:
    mail = Mail(
        id="1",
        to="anna@example.com",
        template="invitation",
        parameters={"name": name, "username": name, "portal_url": name},
        state=State.PENDING,
        attempts=0,
        created_at="",
        next_attempt_at=None,
    )
    return compose(mail, sender=f"{name[:200]} <noreply@example.com>", now=NOW)


def _composed_holds(name: str, letter: Letter) -> None:
    assert "\n" not in letter.subject
    assert "\r" not in letter.subject
    if "<script>" in name:
        assert "<script>" not in letter.html


def _texts() -> st.SearchStrategy[str]:
    return weird.text(st.sampled_from(("anna@example.com", "Anna Zoë", "two\nlines")))


PARSERS = (
    Parser(
        name="moment on a page",
        reads=("chalicelib.web.formats:moment",),
        call=_moment,
        cases=weird.text(st.datetimes().map(datetime.isoformat)),
        refuses=(ValueError, OverflowError),
        valid=("2031-05-06T07:08:09.000000Z", "2031-05-06"),
    ),
    Parser(
        name="words about a browser or a file",
        reads=("chalicelib.web.formats:browser", "chalicelib.web.formats:kind"),
        call=_words,
        cases=weird.text(st.sampled_from((_AGENT, "application/vnd.ms-excel", "curl/8.0"))),
        holds=lambda _text, told: _all_told(told),
        valid=(_AGENT, ""),
    ),
    Parser(
        name="letter",
        reads=("chalicelib.notify.mime:to_bytes",),
        call=_letter,
        cases=st.tuples(_texts(), _texts(), _texts()),
        refuses=(ValueError,),
        holds=_letter_holds,
        valid=(("anna@example.com", "Hello", "Text"),),
        monster=lambda text: ("anna@example.com", "Hello", text),
        multiple=100,
    ),
    Parser(
        name="mail from its template",
        reads=("chalicelib.notify.compose:compose",),
        call=_composed,
        cases=_texts(),
        holds=_composed_holds,
        valid=("Anna",),
        multiple=40,
    ),
)


def _all_told(told: Any) -> None:
    assert all(told)
