"""Cancel one's own upload, so that its name comes free at once."""

from chalicelib.access.guard import Authority
from chalicelib.access.model import Permission
from chalicelib.documents.begin_upload import require_own_upload
from chalicelib.documents.desk import Filing
from chalicelib.documents.end_upload import abandon
from chalicelib.documents.model import Version, VersionState
from chalicelib.errors import Conflict


def cancel_upload(filing: Filing, authority: Authority, document_id: str, number: int) -> Version:
    """Give up one's own upload; cancelled before, it changes nothing.

    Raises:
        NotFound: no such version, or not this person's upload.
        Forbidden: they may not add versions there any more.
        Conflict: its bytes are kept already.
        Busy: they are being verified this very moment.
    """
    document, version = filing.store.document_with_version(document_id, number)
    filing.guard.require(authority, document.node_id, Permission.DOCUMENT_VERSION, kind="version")
    require_own_upload(authority, version)
    if version.state is VersionState.STORED:
        raise Conflict("This version is stored already. Roll back, or move it to the trash.")
    if version.state in (VersionState.PENDING, VersionState.VERIFYING):
        problem = "The upload was cancelled."
        return abandon(filing, authority.principal, version, document=document, problem=problem)
    return version
