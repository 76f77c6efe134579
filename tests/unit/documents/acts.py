"""What people do to documents, in one call each; the present revision unless another is given."""

from chalicelib.documents.change_document import move_document, rename_document
from chalicelib.documents.open import link_to_content
from chalicelib.documents.record_verdict import record_verdict
from chalicelib.documents.roll_back import roll_back
from chalicelib.documents.trash_document import restore_document, trash_document

CLEAN, THREAT = "NO_THREATS_FOUND", "THREATS_FOUND"


def rename(office, document, name, rev=None, who="boss"):
    rev = office.again(document).rev if rev is None else rev
    return rename_document(office.filing, office.by(who), document.id, name=name, rev=rev)


def move(office, document, node, rev=None, who="boss"):
    rev = office.again(document).rev if rev is None else rev
    return move_document(office.filing, office.by(who), document.id, node_id=node.id, rev=rev)


def trash(office, document, rev=None, who="boss"):
    rev = office.again(document).rev if rev is None else rev
    return trash_document(office.filing, office.by(who), document.id, rev=rev)


def restore(office, document, name=None, who="boss"):
    return restore_document(office.filing, office.by(who), document.id, name=name)


def back(office, document, version, rev=None, who="boss"):
    return roll_back(office.filing, office.by(who), document.id, version=version, rev=rev)


def look(office, document, number=1, who="boss", *, inline=True):
    return link_to_content(office.filing, office.by(who), document.id, number, inline=inline)


def scanned(office, document, status, number=1):
    key = f"documents/{document.id}/{number:06d}"
    return record_verdict(office.filing, object_key=key, status=status)
