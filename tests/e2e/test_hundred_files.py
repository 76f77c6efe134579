"""A hundred mixed real files come back as they went in, and none of them can do harm."""

import hashlib
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.e2e.conftest import AT_ONCE
from tests.support.person import Refusal, digest_of, send_parts, storage
from tests.support.real_files import OCTETS, hundred, write_large

pytestmark = pytest.mark.environment


def test_every_file_is_listed_once_in_its_folder(operator, filed):
    for path, node_id in filed.folders.items():
        children = operator.listed(node_id)
        shown = Counter(child["name"] for child in children if child["kind"] == "document")
        assert shown == Counter(file.name for file in hundred() if file.folder == path)


def test_every_file_comes_back_byte_identical(operator, filed):
    def differs(file):
        document = filed.documents[file.place]
        return operator.download(document["id"], 1) != file.body

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        found = zip(hundred(), lanes.map(differs, hundred()), strict=True)
        wrong = [file.place for file, bad in found if bad]
    assert wrong == []


def test_only_what_cannot_do_harm_is_shown_in_place(operator, filed):
    def answered(file):
        document = filed.documents[file.place]
        return storage.get(operator.address(document["id"], 1, "inline")).headers

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        for file, headers in zip(hundred(), lanes.map(answered, hundred()), strict=True):
            kind, _, _ = headers["content-disposition"].partition(";")
            said = (headers["content-type"], kind)
            safe = (file.shown, "inline")
            assert said == (safe if file.shown else (OCTETS, "attachment")), file.place


def test_a_download_is_never_rendered_and_bears_its_name(operator, filed):
    for file in hundred():
        if file.folder not in ("Names", "Beware"):
            continue
        headers = storage.get(operator.address(filed.documents[file.place]["id"], 1)).headers
        assert headers["content-type"] == OCTETS
        assert headers["content-disposition"].startswith("attachment;")


def test_every_document_has_a_number_of_its_own(filed):
    numbers = {document["number"] for document in filed.documents.values()}
    assert len(numbers) == 100


def test_every_chain_verifies_and_says_who_added_what(operator, filed):
    def history(file):
        document = filed.documents[file.place]
        proof = operator.get(f"/documents/{document['id']}/audit/verification")
        return proof, operator.get(f"/documents/{document['id']}/audit", limit=100)["items"]

    with ThreadPoolExecutor(AT_ONCE) as lanes:
        for file, (proof, entries) in zip(hundred(), lanes.map(history, hundred()), strict=True):
            assert proof["valid"], (file.place, proof)
            added = [entry for entry in entries if entry["action"] == "version_added"]
            assert [entry["details"]["sha256"] for entry in added] == [file.sha256]


def test_200_mb_go_on_where_they_were_cut_off(operator, folder, tmp_path):
    source = tmp_path / "Survey.las"
    digest = write_large(source)
    facts = {"size": source.stat().st_size, "sha256": digest, "content_type": OCTETS}
    begun = operator.post("/documents", node_id=folder, name=source.name, **facts)
    parts = begun["upload"]["parts"]
    send_parts(parts[:5], source)

    again = operator.post("/documents", node_id=folder, name=source.name, **facts)
    assert again["document"]["id"] == begun["document"]["id"]
    arrived = [part["number"] for part in again["upload"]["parts"] if part["arrived"]]
    assert arrived == [1, 2, 3, 4, 5]
    assert send_parts(again["upload"]["parts"], source) == len(parts) - 5

    document = operator.complete(again)["document"]
    assert document["sha256"] == digest
    assert digest_of(operator.address(document["id"], 1)) == digest
    assert operator.get(f"/documents/{document['id']}/audit/verification")["valid"]


def test_a_new_version_and_a_roll_back_keep_all_that_was(operator, folder):
    first, second = b"as it was", b"as it became"
    document = operator.file(folder, "Terms.txt", first)
    path = f"/documents/{document['id']}"
    assert operator.version(document["id"], second)["version"] == 2
    back = operator.call("POST", f"{path}/rollback", etag=operator.etag(path), json={"version": 1})
    assert back["document"]["version"] == 3
    assert back["version"]["restored_from"] == 1
    bodies = [operator.download(document["id"], number) for number in (1, 2, 3)]
    assert bodies == [first, second, first]
    assert operator.get(f"{path}/audit/verification")["valid"]
    actions = {entry["action"] for entry in operator.get(f"{path}/audit", limit=50)["items"]}
    assert {"version_added", "document_rolled_back", "document_downloaded"} <= actions


def test_a_roll_back_of_what_somebody_changed_meanwhile_is_refused(operator, folder):
    document = operator.file(folder, "Terms.txt", b"one")
    path = f"/documents/{document['id']}"
    seen = operator.etag(path)
    operator.version(document["id"], b"two")
    with pytest.raises(Refusal) as refused:
        operator.call("POST", f"{path}/rollback", etag=seen, json={"version": 1})
    assert refused.value.status == 412
    assert operator.get(path)["version"] == 2


def test_a_duplicate_is_pointed_out_and_not_refused(operator, folder):
    body = f"the very same bytes in {folder}".encode()
    first = operator.file(folder, "One.txt", body)
    begun = operator.begin(folder, "Two.txt", body, "text/plain")
    assert [twin["document_id"] for twin in begun["duplicates"]] == [first["id"]]


def test_the_hundred_are_the_same_on_every_machine():
    # Whoever changes a maker changes this too: what was tested stays known.
    whole = hashlib.sha256(b"".join(file.body for file in hundred())).hexdigest()
    hundred.cache_clear()
    assert hashlib.sha256(b"".join(file.body for file in hundred())).hexdigest() == whole
