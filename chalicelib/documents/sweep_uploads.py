"""Give up uploads past their time, so that names come free and staged bytes go."""

from dataclasses import replace

from chalicelib.audit.model import Action
from chalicelib.documents.complete_upload import end_upload
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import VersionState
from chalicelib.errors import PaperTrailError

_BATCH = 200
ACTOR = "system:sweep_uploads"


def sweep_uploads(filing: Filing) -> int:
    """Abandon what has expired (at most 200 a run, oldest first); how many were abandoned.

    Run twice or beside itself it does nothing more: each version's state guards its write.
    """
    return sum(
        _abandon(filing, document_id, number)
        for document_id, number in filing.store.expired(now=filing.now(), limit=_BATCH)
    )


def _abandon(filing: Filing, document_id: str, number: int) -> int:
    version = filing.store.version(document_id, number)
    waiting = version.state in (VersionState.PENDING, VersionState.VERIFYING)
    if not waiting or version.upload is None or version.upload.expires_at > filing.now():
        return 0
    ended = replace(
        version, state=VersionState.ABANDONED, problem="The upload was not completed in time."
    )
    try:
        end_upload(filing, ACTOR, document_id, ended, was=version, action=Action.UPLOAD_ABANDONED)
    except PaperTrailError:
        return 0  # somebody completed it this very moment, or the next run finds it again
    filing.files.discard(version.upload)
    return 1
