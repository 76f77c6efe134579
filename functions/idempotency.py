"""Keeps a POST that bears an Idempotency-Key from happening twice."""

import hashlib
from collections.abc import Callable
from dataclasses import replace

from chalicelib import idempotency
from chalicelib.errors import Invalid, PaperTrailError
from chalicelib.idempotency import Remembered, Running
from chalicelib.wiring import Wiring
from functions.calls import Answer, Call

_MAX_KEY = 255
_LONGEST_KEPT = 300 * 1024
"""Bytes of an answer; a row of DynamoDB holds 400 KB."""


def once(wiring: Wiring, call: Call, run: Callable[[Call], Answer]) -> Answer:
    """Run the handler, or give the answer that it gave to the same request before.

    Raises:
        Invalid: the key is empty, too long, or not printable ASCII.
        KeyReused: the key came with another request.
        Busy: the first request with this key is still under way.
    """
    key = call.headers.get("idempotency-key")
    if call.method != "POST" or key is None or call.access is None:
        return run(call)
    if not 1 <= len(key) <= _MAX_KEY or not key.isascii() or not key.isprintable():
        raise Invalid("Idempotency-Key", f"1 to {_MAX_KEY} printable ASCII characters")
    begun = idempotency.begin(
        wiring.database,
        owner=call.authority.principal.user_id,
        key=key,
        fingerprint=_fingerprint(call),
        now=wiring.now(),
        new_id=wiring.new_id,
    )
    if isinstance(begun, Remembered):
        return Answer(status=begun.status, body=begun.body, headers=begun.headers)
    return _first(wiring, call, run, begun)


def _first(wiring: Wiring, call: Call, run: Callable[[Call], Answer], running: Running) -> Answer:
    new_id = idempotency.ids_from(running.seed)
    access = replace(call.authority, new_id=new_id, repeated=running.repeated)
    seeded = replace(call, new_id=new_id, access=access)
    try:
        answer = run(seeded)
    except PaperTrailError:
        idempotency.forget(wiring.database, running, transaction_id=wiring.new_id())
        raise
    text = str(answer.text())
    if answer.secret or len(text.encode()) > _LONGEST_KEPT:
        # What is shown once is not kept for a day, and the addresses of a thousand parts fit into
        # no row: a repeat runs again, with the same ids.
        idempotency.release(
            wiring.database, running, now=wiring.now(), transaction_id=wiring.new_id()
        )
        return answer
    idempotency.finish(
        wiring.database,
        running,
        Remembered(answer.status, text, answer.headers),
        now=wiring.now(),
        transaction_id=wiring.new_id(),
    )
    return answer


def _fingerprint(call: Call) -> str:
    match = call.headers.get("if-match", "")
    said = [call.method, call.path, repr(sorted(call.query.items())), match]
    whole = b"\n".join([*(part.encode("utf-8", "surrogatepass") for part in said), call.raw_body])
    return hashlib.sha256(whole).hexdigest()
