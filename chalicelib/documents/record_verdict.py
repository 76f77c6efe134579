"""Record what the malware scanner said of a version (GuardDuty Malware Protection for S3)."""

import re
from dataclasses import replace

from chalicelib.audit.model import Action
from chalicelib.documents import changes
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Verdict, Version
from chalicelib.errors import Busy, NotFound
from chalicelib.transaction import settle

ACTOR = "system:scan_verdict"
_KEY = re.compile(r"documents/([0-9A-Za-z]{1,64})/([0-9]{1,6})")
_VERDICTS = {"NO_THREATS_FOUND": Verdict.CLEAN, "THREATS_FOUND": Verdict.THREAT}


def record_verdict(filing: Filing, *, object_key: str, status: str) -> Version | None:
    """Put the verdict on the version whose object was scanned.

    The verdict lies with the version that brought the object; a roll-back to it is judged by the
    same row when it is opened.

    Args:
        filing: the desk.
        object_key: the key in the files bucket, documents/ID/NUMBER.
        status: scanResultStatus as GuardDuty names it; anything but its two clear answers
            (UNSUPPORTED, ACCESS_DENIED, FAILED) leaves the version as it is.

    Returns:
        The version, or None where there is nothing to record.

    Raises:
        Busy: the version is not stored yet; deliver the event again.
    """
    verdict = _VERDICTS.get(status)
    place = _read_place(object_key)
    if verdict is None or place is None:
        return None
    return settle(lambda: _record(filing, *place, verdict))


def _read_place(object_key: str) -> tuple[str, int] | None:
    found = _KEY.fullmatch(object_key)
    return (found[1], int(found[2])) if found else None


def _record(filing: Filing, document_id: str, number: int, verdict: Verdict) -> Version | None:
    try:
        document, was = filing.store.document_with_version(document_id, number)
    except NotFound:
        return None
    if was.object is None:
        raise Busy
    if was.verdict in (verdict, Verdict.THREAT):
        return was
    version = replace(was, verdict=verdict)
    transaction_id = filing.trail.new_id()
    later, entry = filing.tell(
        ACTOR,
        document,
        Action.VERSION_SCANNED,
        transaction_id=transaction_id,
        version=number,
        verdict=verdict.value,
    )
    rows = [changes.put_version(version, was=was), changes.put_chain(later, was=document)]
    filing.commit(transaction_id, rows, [entry])
    return version
