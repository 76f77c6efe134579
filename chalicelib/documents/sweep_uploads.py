"""Give up uploads past their time, so that names come free and staged bytes go."""

from chalicelib.documents.desk import Filing
from chalicelib.documents.end_upload import abandon
from chalicelib.documents.model import VersionState
from chalicelib.errors import PaperTrailError

_BATCH, _BATCHES = 200, 50
ACTOR = "system:sweep_uploads"


def sweep_uploads(filing: Filing) -> int:
    """Abandon what has expired, oldest first (at most 10,000 a run); how many were abandoned.

    Run twice or beside itself it does nothing more, and what somebody verifies this very moment it
    leaves alone: it claims each upload first.
    """
    total = 0
    for _ in range(_BATCHES):
        due = filing.store.expired(now=filing.now(), limit=_BATCH)
        done = sum(_abandon(filing, document_id, number) for document_id, number in due)
        total += done
        if len(due) < _BATCH or not done:
            break
    return total


def _abandon(filing: Filing, document_id: str, number: int) -> int:
    document, version = filing.store.document_with_version(document_id, number)
    waiting = version.state in (VersionState.PENDING, VersionState.VERIFYING)
    if not waiting or version.upload is None or version.upload.expires_at > filing.now():
        return 0
    try:
        problem = "The upload was not completed in time."
        abandon(filing, ACTOR, version, document=document, problem=problem)
    except PaperTrailError:
        return 0  # somebody completes it this very moment, or the next run finds it again
    return 1
