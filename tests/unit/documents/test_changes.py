"""Each change carries its own guard: alone, without the audit entry that guards the chain too."""

from dataclasses import replace

import pytest

from chalicelib.access.store import advance_epoch
from chalicelib.documents import changes
from chalicelib.documents.desk import child_of_document, child_of_node
from chalicelib.documents.model import Verdict, VersionState
from chalicelib.documents.rows import version_key
from chalicelib.errors import Busy, NameTaken, Stale
from chalicelib.transaction import Key, Table, Update


def write(office, change):
    office.database.commit([change], token=office.new_id())


def refused(office, change, error):
    before = office.snapshot()
    with pytest.raises(error) as caught:
        write(office, change)
    assert office.snapshot() == before
    return caught.value


def test_a_folder_over_another_state(office):
    node = office.folder("a")
    write(office, changes.put_node(replace(node, rev=2), was=node))
    refused(office, changes.put_node(replace(node, name="b"), was=node), Stale)
    refused(office, changes.put_node(node, was=replace(node, rev=2, height=7)), Busy)
    refused(office, changes.put_new_node(node), changes.Repeated)


def test_a_document_over_another_state(office):
    document = office.document("a")
    write(office, changes.put_document(replace(document, rev=9), was=document))
    refused(office, changes.put_document(document, was=document), Stale)
    longer = replace(document, rev=9, head=replace(document.head, seq=99))
    refused(office, changes.put_document(document, was=longer), Busy)
    refused(office, changes.put_new_document(document), changes.Repeated)
    refused(office, changes.put_number(document), Busy)


@pytest.mark.parametrize("other", ["head", "rev"])
def test_a_chain_that_grew_meanwhile(office, other):
    document = office.document("a")
    head = replace(document.head, seq=document.head.seq + 1)
    was = replace(document, head=head) if other == "head" else replace(document, rev=99)
    refused(office, changes.put_chain(document, was=was), Busy)
    write(office, changes.put_chain(document, was=document))


def test_a_version_over_another_state(office):
    document = office.document("a")
    version = office.filing.store.version(document.id, 1)
    refused(office, changes.put_new_version(version), changes.Repeated)
    other = replace(version, verdict=Verdict.CLEAN)
    refused(office, changes.put_version(version, was=other), Busy)
    pending = office.begin("b").version
    refused(office, changes.put_version(version, was=pending), Busy)
    refused(office, changes.put_version(version, was=version, claim="another's"), Busy)
    write(office, changes.put_version(version, was=version))


def test_heights_only_grow_and_only_where_the_folder_still_hangs(office):
    node = office.folder("a")
    write(office, changes.raise_height(node.id, parent_id="root", height=3))
    refused(office, changes.raise_height(node.id, parent_id="root", height=3), Busy)
    refused(office, changes.raise_height(node.id, parent_id="elsewhere", height=4), Busy)
    assert office.node(node).height == 3


def test_rows_of_a_list_belong_to_one_child(office):
    node, document = office.folder("a"), office.document("b")
    other = replace(child_of_node(node), id="other")
    refused(office, changes.take_name(other), NameTaken)
    refused(office, changes.relist(other), Busy)
    refused(office, changes.free_name(other), Busy)
    refused(office, changes.take_name(child_of_document(document, None)), NameTaken)
    refused(office, changes.reserve_name(document, until=office.now()), NameTaken)
    refused(office, changes.free_reserved(document), changes.NotHeld)
    write(office, changes.free_name(child_of_node(node)))


def test_a_held_name_goes_only_to_whom_it_is_held_for(office):
    one, other = office.begin("a").document, office.begin("b").document
    until = office.now()
    theirs = replace(one, id="theirs")
    refused(office, changes.reserve_name(theirs, until=until, instead_of=other.id), Busy)
    refused(office, changes.free_reserved(theirs), changes.NotHeld)
    write(office, changes.reserve_name(theirs, until=until, instead_of=one.id))
    write(office, changes.free_reserved(theirs))


def test_a_listed_name_gives_way_to_nobody(office):
    listed = office.document("a")
    theirs = replace(listed, id="theirs")
    change = changes.reserve_name(theirs, until=office.now(), instead_of=listed.id)
    refused(office, change, Busy)


@pytest.mark.parametrize(
    "meanwhile", [{"state": "verifying"}, {"claim": "somebody"}], ids=["verified", "claimed"]
)
def test_an_upload_that_somebody_works_on_by_now_is_not_over(office, meanwhile):
    version = office.begin("a").version
    over = replace(version, state=VersionState.ABANDONED)
    write(office, Update(key=version_key(version.document_id, 1), values=meanwhile))
    refused(office, changes.end_unclaimed(over, was=version), Busy)


def test_an_upload_that_nobody_works_on_can_be_over(office):
    version = office.begin("a").version
    over = replace(version, state=VersionState.ABANDONED)
    write(office, changes.end_unclaimed(over, was=version))
    assert office.filing.store.version(version.document_id, 1).state is VersionState.ABANDONED


def test_a_claim_that_is_not_ones_own_cannot_be_given_back(office):
    version = office.begin("a").version
    now = office.now()
    office.filing.store.claim(version, was=version, claim="mine", now=now, until=now)
    with pytest.raises(Busy):
        office.filing.store.release(version, claim="another's")
    office.filing.store.release(version, claim="mine")


def test_two_who_claim_one_upload(office):
    """Both found it free; the second one's write is refused."""
    version, store = office.begin("a").version, office.filing.store
    now = office.now()
    store.claim(version, was=version, claim="first", now=now, until=now)
    with pytest.raises(Busy):
        store.claim(version, was=version, claim="second", now=now, until=now)


def test_a_claim_that_has_run_out_can_be_taken_by_whoever_saw_it(office):
    version, store = office.begin("a").version, office.filing.store
    now = office.now()
    first = store.claim(version, was=version, claim="first", now=now, until=now)
    assert store.version(version.document_id, 1) == first
    second = store.claim(version, was=first, claim="second", now=now, until=now)
    assert (second.claim, store.version(version.document_id, 1)) == ("second", second)


def test_what_was_over_by_the_time_of_the_claim_is_not_claimed(office):
    version, store, now = office.begin("a").version, office.filing.store, office.now()
    over = replace(version, state=VersionState.ABANDONED)
    write(office, changes.put_version(over, was=version))
    with pytest.raises(Busy):
        store.claim(version, was=version, claim="late", now=now, until=now)
    assert store.version(version.document_id, 1) == over


def test_what_is_over_cannot_be_claimed(office):
    document = office.document("a")
    stored, now = office.filing.store.version(document.id, 1), office.now()
    with pytest.raises(Busy):
        office.filing.store.claim(stored, was=stored, claim="late", now=now, until=now)


def test_the_epoch_goes_one_by_one(office):
    write(office, advance_epoch(0))
    refused(office, advance_epoch(0), Busy)
    write(office, advance_epoch(1))
    refused(office, advance_epoch(1), Busy)
    assert office.database.get(Key(Table.CORE, "EPOCH", "TREE"))["epoch"] == 2
