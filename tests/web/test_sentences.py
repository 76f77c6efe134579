import pytest

from chalicelib.audit.model import Action, Head, append
from chalicelib.web.sentences import referred, sentence

NAMES = {
    "node:n1": "Property",
    "node:n2": "Archive",
    "user:u1": "Naledi",
    "user:u2": "Thabo",
    "group:g1": "Legal",
}


def entry(action, subject="document:d1", **details):
    return append(
        Head(),
        chain="D#d1",
        at="2031-05-06T07:08:09Z",
        actor="u1",
        action=action,
        subject=subject,
        details=details,
        context=None,
        transaction_id="t1",
    )


@pytest.mark.parametrize("action", Action)
def test_everything_that_can_happen_reads_as_a_sentence_whatever_is_known(action):
    found = sentence(entry(action, version=2, restored_from=1), {})
    assert found.words
    assert "{" not in found.words
    assert "_" not in found.words
    assert found.icon


@pytest.mark.parametrize(
    ("action", "details", "words"),
    [
        (Action.VERSION_ADDED, {"version": 3, "size": 2_450_000}, "added version 3 (2.5 MB)"),
        (Action.DOCUMENT_RENAMED, {"from": "a", "to": "b"}, "renamed it from “a” to “b”"),
        (
            Action.DOCUMENT_MOVED,
            {"from": "n1", "to": "n9"},
            "moved it from “Property” to a folder that you cannot see",
        ),
        (
            Action.DOCUMENT_ROLLED_BACK,
            {"version": 3, "restored_from": 1},
            "rolled it back: version 3 has the content of version 1",
        ),
        (
            Action.DOCUMENT_CREATED,
            {"number": 7, "name": "lease.pdf"},
            "filed it as No. 7 under the name “lease.pdf”",
        ),
    ],
)
def test_document_entries_read_so(action, details, words):
    assert sentence(entry(action, **details), NAMES).words == words


def test_entries_of_the_system_log_name_their_subjects():
    member = entry(Action.GROUP_MEMBER_ADDED, "group:g1", user_id="u2")
    assert sentence(member, NAMES).words == "put Thabo into the group “Legal”"
    assert referred(member) == {"group:g1", "user:u2"}
    access = entry(
        Action.ACCESS_CHANGED,
        "node:n1",
        inherit=False,
        before={"user:u1": "viewer"},
        after={"group:g1": "editor"},
    )
    told = sentence(access, NAMES)
    assert (
        told.words == "changed the access to the folder “Property”, which now takes none from above"
    )
    assert told.detail == "Legal: editor, Naledi: none any more"
    assert referred(access) == {"node:n1", "user:u1", "group:g1"}


def test_a_digest_is_the_small_print():
    added = entry(Action.VERSION_ADDED, version=1, sha256="ab")
    assert sentence(added, {}).detail == "SHA-256 ab"


def test_a_name_with_braces_is_only_a_name():
    renamed = entry(Action.NODE_TRASHED, "node:n1")
    assert "{x}" in sentence(renamed, {"node:n1": "{x}"}).words
