"""No header can be made, or ended, by what a letter's fields hold."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from chalicelib.notify.mime import to_bytes
from chalicelib.notify.model import Letter

LETTER = Letter(
    sender="PaperTrail <noreply@example.com>",
    to="anna@example.com",
    subject="Hello",
    text="Text",
    html="<p>Text</p>",
    message_id="<1@example.com>",
    date=datetime(2031, 5, 6, tzinfo=UTC),
)


@pytest.mark.parametrize("field", ["sender", "to", "subject"])
@pytest.mark.parametrize("broken", ["{}\n", "{}\r", "{}\r\nBcc: x@example.com", "\n{}", "{}\u2028"])
def test_a_line_break_in_a_header_is_refused_wherever_it_is(field, broken):
    assert to_bytes(LETTER).startswith(b"From: PaperTrail")
    with pytest.raises(ValueError, match="line break"):
        to_bytes(replace(LETTER, **{field: broken.format(getattr(LETTER, field))}))
