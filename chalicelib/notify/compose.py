"""Writes a mail out from its template: `<name>.txt` (first line: the subject) and `<name>.html`."""

from datetime import datetime
from email.utils import parseaddr
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from chalicelib.notify.model import Letter, Mail

if TYPE_CHECKING:
    from jinja2 import Environment

_TEMPLATES = Path(__file__).parent / "templates"


def compose(mail: Mail, *, sender: str, now: datetime) -> Letter:
    """The letter, the same for every attempt but for its date.

    Args:
        mail: what to write.
        sender: the From address, such as "PaperTrail <noreply@example.com>".
        now: the moment of sending.

    Raises:
        jinja2.TemplateError: there is no such template, or it names what the mail does not hold.
    """
    environment = _environment()
    written = environment.get_template(f"{mail.template}.txt").render(mail.parameters)
    subject, _, text = written.partition("\n")
    domain = parseaddr(sender)[1].rpartition("@")[2] or "papertrail.invalid"
    return Letter(
        sender=sender,
        to=mail.to,
        subject=" ".join(subject.split()),
        text=text.strip() + "\n",
        html=environment.get_template(f"{mail.template}.html").render(mail.parameters),
        message_id=f"<{mail.id}@{domain}>",
        date=now,
    )


@cache
def _environment() -> "Environment":
    from jinja2 import (  # noqa: PLC0415 - 61 ms, and few functions write mails
        Environment,
        FileSystemLoader,
        StrictUndefined,
        select_autoescape,
    )

    return Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(enabled_extensions=("html",)),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
