# ruff: noqa: SLF001 - the emulator offers no public way in
"""All mail the environment sent, readable in a browser, kept across restarts.

A message is stored before its sender is answered. It is shown from its own port and in a
sandboxed frame: what a mail contains can reach neither the portal nor this page.
"""

import json
import time
from collections.abc import Awaitable, Callable, Mapping
from html import escape
from pathlib import Path
from typing import Any

from ministack.services import ses, ses_v2

from infra.local.settings import replace

Send = Callable[[dict[str, Any]], Awaitable[None]]
STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
article{border:1px solid #767676;border-radius:.5rem;padding:1rem;margin:1rem 0}
h2{font-size:1.1rem;margin:0 0 .5rem} dl{display:grid;grid-template-columns:5rem 1fr;margin:0}
dd{margin:0;overflow-wrap:anywhere} pre{white-space:pre-wrap;overflow-wrap:anywhere}
iframe{width:100%;height:24rem;border:1px solid #767676}
"""
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'"


class Mailbox:
    """Messages as files in `folder`, and the pages that show them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def receive(self) -> None:
        """Take every message the emulator's SES records, instead of its list in memory."""
        mailbox = self

        class Sent(list[Any]):
            def append(self, record: Any) -> None:  # noqa: ANN401 - the emulator's record
                mailbox.store(record)
                super().append(record)

        sent = Sent()
        ses._sent_emails_list = ses_v2._sent_emails_list = lambda: sent

    def store(self, record: Mapping[str, Any]) -> None:
        """Keep one message as the emulator recorded it."""
        number = time.time_ns()
        message = {
            "id": str(number),
            "sent_at": record["Timestamp"],
            "from": record["Source"],
            "to": list(record.get("To") or []),
            "cc": list(record.get("CC") or []),
            "bcc": list(record.get("BCC") or []),
            "subject": record.get("RenderedSubject") or record.get("Subject") or "",
            "text": record.get("RenderedBodyText") or record.get("BodyText") or "",
            "html": record.get("RenderedBodyHtml") or record.get("BodyHtml") or "",
        }
        replace(self._folder / f"{number}.json", json.dumps(message))

    def messages(self) -> list[dict[str, Any]]:
        """Return all messages, newest first."""
        files = sorted(self._folder.glob("*.json"), reverse=True)
        return [json.loads(file.read_text(encoding="utf-8")) for file in files]

    async def page(self, path: str, send: Send) -> None:
        """Answer a GET of the mailbox: `/`, `/messages.json` or `/messages/ID/html`."""
        if path == "/messages.json":
            body = json.dumps({"messages": self.messages()})
            await answer(send, 200, "application/json", body)
        elif path == "/":
            await answer(send, 200, "text/html; charset=utf-8", _list(self.messages()))
        else:
            await self._html(path.removeprefix("/messages/").removesuffix("/html"), send)

    async def _html(self, number: str, send: Send) -> None:
        file = self._folder / f"{number}.json"
        if not number.isdecimal() or not file.exists():
            await answer(send, 404, "text/plain", "There is no such message.")
            return
        html = json.loads(file.read_text(encoding="utf-8"))["html"]
        await answer(send, 200, "text/html; charset=utf-8", html, f"{POLICY}; sandbox")


async def answer(send: Send, status: int, kind: str, body: str, security: str = POLICY) -> None:
    """Send one whole response."""
    content = body.encode()
    headers = {
        "content-type": kind,
        "content-length": str(len(content)),
        "content-security-policy": security,
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-store",
    }
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})
    await send({"type": "http.response.body", "body": content})


def _list(messages: list[dict[str, Any]]) -> str:
    shown = "".join(map(_message, messages)) or "<p>No mail has been sent yet.</p>"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Mailbox</title>'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<style>{STYLE}</style><main><h1>Mailbox</h1>{shown}</main></html>"
    )


def _message(message: Mapping[str, Any]) -> str:
    sent = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(message["sent_at"]))
    rows = {"From": message["from"], "To": ", ".join(message["to"] + message["cc"]), "Sent": sent}
    facts = "".join(f"<dt>{name}</dt><dd>{escape(value)}</dd>" for name, value in rows.items())
    subject = escape(message["subject"] or "(no subject)")
    text = f"<pre>{escape(message['text'])}</pre>" if message["text"] else ""
    html = (
        f'<iframe sandbox title="{subject}" src="/messages/{message["id"]}/html"></iframe>'
        if message["html"]
        else ""
    )
    return f"<article><h2>{subject}</h2><dl>{facts}</dl>{text}{html}</article>"
