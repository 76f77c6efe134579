"""Where somebody goes on: what they last worked on, and what is shared with them, at once."""

from collections.abc import Sequence

from chalicelib.access.guard import Authority
from chalicelib.beside import beside
from chalicelib.documents.desk import Filing
from chalicelib.documents.model import Document, Node
from chalicelib.documents.open import recent_ids, still_seen
from chalicelib.documents.shares import shared_ids, still_shared


def overview(
    filing: Filing, authority: Authority, *, limit: int
) -> tuple[Sequence[Document], Sequence[Node]]:
    """What `open.recent` and `shares.shared_with` give, in two round trips together."""
    document_ids, node_ids = beside(
        lambda: recent_ids(filing, authority, limit=limit),
        lambda: shared_ids(filing, authority),
    )
    documents, nodes = filing.store.documents_and_nodes(document_ids, node_ids)
    recents = still_seen(filing, authority, documents)[:limit]
    return recents, still_shared(filing, authority, nodes)
