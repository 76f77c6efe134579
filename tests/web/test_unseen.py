"""What pages leave out for whoever may not see it or may not do it."""

from tests.support.world import World, good, module_world, world

__all__ = ["module_world", "world"]


def shown(api, path):
    reply = api.get(path)
    assert reply.status == 200, reply.text
    return reply.text


def test_a_viewer_is_offered_no_way_back_out_of_the_trash(world: World):
    path = f"/nodes/{world.ids['gone_folder']}"
    assert "restore-folder" in shown(world.callers["editor"], path)
    text = shown(world.callers["viewer"], path)
    assert "is in the trash" in text
    assert "restore-folder" not in text


def test_what_one_put_into_the_trash_before_one_became_a_viewer_stays_there(world: World):
    editor, own = world.callers["editor"], world.folder("Mine", world.ids["work"])
    etag = world.etag("N", own)
    good(editor.delete(f"/v1/nodes/{own}", If_Match=etag), 200)
    may = f'data-id="{own}" data-name="Mine" data-may="'
    assert "node:restore" in shown(editor, "/trash").partition(may)[2].partition('"')[0]
    world.grant(world.ids["work"], editor="viewer", manager="manager")
    told = shown(editor, "/trash").partition(may)[2].partition('"')[0]
    assert told.split() == ["document:view", "node:view"]


def test_the_start_page_names_the_topmost_folder_to_those_who_see_it_alone(world: World):
    assert "/nodes/root" in shown(world.root, "/")
    assert "/nodes/root" not in shown(world.callers["viewer"], "/")


def test_the_start_page_says_which_role_one_has(world: World):
    text = shown(world.callers["viewer"], "/")
    shared = text.partition(f"/nodes/{world.ids['work']}")[2][:400].lower()
    assert "viewer" in shared
    assert "manager" not in shared


def test_the_system_log_names_no_folder_that_its_reader_does_not_see(world: World):
    world.grant(world.folder("Payroll", world.ids["work"]), viewer="viewer")
    assert "Payroll" in shown(world.root, "/admin/log")
    assert "Payroll" not in shown(world.callers["administrator"], "/admin/log")


def test_who_does_not_see_the_topmost_folder_finds_nothing_in_it(world: World):
    found = world.root.get("/find?q=letter")
    assert (found.status, found.headers["location"]) == (303, "/api/nodes/root?find=letter")
    assert world.callers["viewer"].get("/find?q=letter").status == 404
