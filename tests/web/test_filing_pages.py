import re

import pytest

from tests.support.world import FIRST, module_world, world

__all__ = ["module_world", "world"]


def shown(api, path):
    reply = api.get(path)
    assert reply.status == 200, reply.text
    return reply.text


def test_a_folder_offers_each_person_what_their_role_includes(world):
    path = f"/nodes/{world.ids['work']}"
    viewer, contributor, manager = (
        shown(world.callers[who], path) for who in ("viewer", "contributor", "manager")
    )
    assert "Letter.pdf" in viewer
    assert 'data-pick="files"' not in viewer
    assert 'data-pick="files"' in contributor
    assert f"{path}/access" not in contributor
    assert f"{path}/access" in manager


@pytest.mark.parametrize("path", ["/nodes/{work}", "/documents/{document}", "/nodes/{work}/access"])
def test_to_a_stranger_it_is_as_if_nothing_were_there(world, path):
    reply = world.callers["stranger"].get(path.format_map(world.ids))
    assert reply.status == 404
    assert "Work" not in reply.text
    assert "Letter" not in reply.text


def test_folders_above_that_one_may_not_see_are_not_named(world):
    text = shown(world.callers["viewer"], f"/nodes/{world.ids['work']}")
    crumbs = re.search(r'aria-label="Where you are".*?</nav>', text, re.DOTALL)[0]
    assert "/nodes/root" not in text
    assert crumbs.count("<li>") == 2


def test_a_list_is_paged_sorted_and_searched_by_links(world):
    path = f"/nodes/{world.ids['work']}"
    first = shown(world.root, f"{path}?limit=1")
    following = re.search(r'href="/api([^"]+)" data-more', first)[1].replace("&amp;", "&")
    assert "limit=1" in following
    assert shown(world.root, following) != first
    assert 'aria-sort="descending"' in shown(world.root, f"{path}?sort=-name")
    assert "Letter.pdf" in shown(world.root, f"{path}?find=lett")
    assert "Nothing here starts with" in shown(world.root, f"{path}?find=zz")


@pytest.mark.parametrize("query", ["sort=size", "cursor=nonsense", "limit=x"])
def test_a_link_that_cannot_be_meant_says_so(world, query):
    reply = world.root.get(f"/nodes/{world.ids['work']}?{query}")
    assert (reply.status, "cannot be done as it was asked" in reply.text) == (422, True)


def test_a_documents_pages_show_it_whole(world):
    path = f"/documents/{world.ids['document']}"
    viewer = world.callers["viewer"]
    assert 'data-viewer="pdf"' in shown(viewer, path)
    versions = shown(viewer, f"{path}/versions")
    assert "Version 2" in versions
    assert "Roll back" not in versions
    assert "Roll back" in shown(world.callers["editor"], f"{path}/versions")
    assert "Only managers" in shown(viewer, f"{path}/access")
    assert "data-principal" in shown(world.callers["manager"], f"{path}/access")


def test_looking_at_a_page_is_no_reading_of_the_document(world):
    path = f"/documents/{world.ids['document']}"
    before = dict(world.rows())
    for part in ("", "/versions", "/audit", "/audit/proof", "/access"):
        shown(world.callers["viewer"], f"{path}{part}")
    assert world.rows() == before


def test_the_audit_names_who_did_what_and_proves_it(world):
    path = f"/documents/{world.ids['document']}/audit"
    world.root.get(f"/v1/documents/{world.ids['document']}/versions/1/content")
    text = shown(world.callers["viewer"], path)
    assert "downloaded version 1" in text
    assert "under the name “Letter.pdf”" in text
    assert "erased" not in text
    assert "not anchored yet" in shown(world.callers["viewer"], f"{path}/proof")


def test_a_document_that_may_not_be_shown_is_only_downloaded(world):
    page = world.document(world.ids["work"], "page.html", b"<html><script>x</script>")
    empty = world.document(world.ids["work"], "empty.txt", b"")
    assert "Download only" in shown(world.root, f"/documents/{page}")
    assert "This file is empty" in shown(world.root, f"/documents/{empty}")


def test_what_is_in_the_trash_says_so_and_offers_the_way_back(world):
    text = shown(world.root, "/trash")
    assert "Gone.pdf" in text
    assert "was in Work" in text
    assert "is in the trash" in shown(world.root, f"/documents/{world.ids['gone_document']}")
    assert "restore-folder" in shown(world.root, f"/nodes/{world.ids['gone_folder']}")


def test_a_number_leads_to_its_document_and_other_words_to_names(world):
    number = world.root.get(f"/v1/documents/{world.ids['document']}").json["number"]
    found = world.callers["viewer"].get(f"/find?q=%23{number}")
    assert found.headers["location"] == f"/api/documents/{world.ids['document']}"
    named = world.root.get(f"/find?q=let+ter&in={world.ids['work']}")
    assert named.headers["location"] == f"/api/nodes/{world.ids['work']}?find=let+ter"


def test_grants_say_where_they_come_from(world):
    text = shown(world.callers["manager"], f"/nodes/{world.ids['folder']}/access")
    assert f"/nodes/{world.ids['work']}/access" in text
    assert "A folder above" in text


def test_the_start_page_lists_what_one_worked_on_and_what_is_shared(world):
    begun = shown(world.root, "/")
    assert "Letter.pdf" in begun
    assert f"/nodes/{world.ids['work']}" in shown(world.callers["viewer"], "/")


def test_names_are_never_markup(world):
    world.document(world.ids["work"], "<img src=x>.pdf", FIRST)
    text = shown(world.root, f"/nodes/{world.ids['work']}")
    assert "<img src=x>" not in text
    assert "&lt;img src=x&gt;.pdf" in text
