"""Who takes over the name of an upload of their own, while somebody is at that upload."""

from dataclasses import replace
from datetime import timedelta

import pytest

from chalicelib.documents.end_upload import LEASE
from chalicelib.documents.model import VersionState
from chalicelib.errors import Busy, NameTaken

MOMENT = timedelta(seconds=1)


def claimed(office, begun, state=VersionState.PENDING):
    """The upload as somebody left it who died at it."""
    was, now = office.filing.store.version(begun.document.id, 1), office.now()
    left = replace(was, state=state)
    office.filing.store.claim(left, was=was, claim="dead", now=now, until=now + LEASE)


def test_an_upload_that_is_being_given_up_frees_its_name_in_a_moment(office):
    first = office.begin("a.txt", b"first")
    claimed(office, first)
    with pytest.raises(Busy):
        office.begin("a.txt", b"second")
    office.moment += LEASE + MOMENT
    assert office.begin("a.txt", b"second").document.id != first.document.id


def test_an_upload_that_is_being_verified_keeps_its_name(office):
    first = office.begin("a.txt", b"first")
    claimed(office, first, state=VersionState.VERIFYING)
    with pytest.raises(NameTaken):
        office.begin("a.txt", b"second")
