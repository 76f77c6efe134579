"""Keeps a POST that bears an Idempotency-Key from happening twice."""

import hashlib
from collections.abc import Callable
from dataclasses import replace
from functools import partial

from chalicelib import idempotency
from chalicelib.errors import Busy, Invalid, PaperTrailError
from chalicelib.idempotency import Remembered, Running
from chalicelib.outages import is_outage
from chalicelib.wiring import Wiring
from functions.calls import Answer, Call
from functions.log import logger

_MAX_KEY = 255
_GOING_ON = 202
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
    except Busy:
        # It may have met others after its own change: then a repeat is to find what it did.
        _note(wiring, running, partial(idempotency.release, now=wiring.now()))
        raise
    except PaperTrailError:
        _note(wiring, running, idempotency.forget)
        raise
    except Exception:
        # Nobody is at it any more, but whether AWS has carried it out is not known.
        _note(wiring, running, partial(idempotency.release, now=wiring.now()))
        raise
    text = str(answer.text())
    if answer.secret or answer.status == _GOING_ON or len(text.encode()) > _LONGEST_KEPT:
        # What is shown once is not kept for a day, what goes on is to be asked for again, and the
        # addresses of a thousand parts fit into no row: a repeat runs again, with the same ids.
        _note(wiring, running, partial(idempotency.release, now=wiring.now()))
        return answer
    kept = Remembered(answer.status, text, answer.headers)
    _note(wiring, running, partial(idempotency.finish, answer=kept, now=wiring.now()))
    return answer


def _note(wiring: Wiring, running: Running, note: Callable[..., None]) -> None:
    """Write down how a request ended; that AWS does not take the note changes no answer.

    Without it the key stays taken for the seconds of its lease, and a repeat is then carried out
    with the same ids, and finds what there is.
    """
    try:
        note(wiring.database, running, transaction_id=wiring.new_id())
    except Exception as error:
        if not isinstance(error, Busy) and not is_outage(error):
            raise
        logger.warning("an Idempotency-Key whose end could not be noted")


def _fingerprint(call: Call) -> str:
    match = call.headers.get("if-match", "")
    said = [call.method, call.path, repr(sorted(call.query.items())), match]
    whole = b"\n".join([*(part.encode("utf-8", "surrogatepass") for part in said), call.raw_body])
    return hashlib.sha256(whole).hexdigest()
