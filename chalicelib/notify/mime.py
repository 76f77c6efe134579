"""A letter as the bytes of an RFC 5322 message."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from chalicelib.notify.model import Letter


def to_bytes(letter: Letter) -> bytes:
    """Plain text beside HTML; lines end as on the wire. Addresses and subject hold no line break.

    Raises:
        ValueError: one of them does.
    """
    for text in (letter.sender, letter.to, letter.subject):
        # The library lets a break at the very end pass, and it would end the headers.
        if text.splitlines() not in ([], [text]):
            raise ValueError(f"a header of a letter holds a line break: {text[:80]!r}")
    message = EmailMessage(policy=SMTP)
    message["From"] = letter.sender
    message["To"] = letter.to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.date)
    message["Message-ID"] = letter.message_id
    message["Original-Message-ID"] = letter.message_id
    # Out-of-office answers to an address that nobody reads help nobody (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    return message.as_bytes()
