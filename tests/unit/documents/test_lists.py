import pytest

from chalicelib.access.model import Role
from chalicelib.audit.store import system_page, tell
from chalicelib.documents import open as look
from chalicelib.documents.change_node import move_node
from chalicelib.documents.shares import shared_with
from chalicelib.documents.trash_document import trash_document
from chalicelib.documents.trash_node import trash_node
from chalicelib.documents.veil import VEIL, veiled
from chalicelib.errors import Invalid, NotFound
from tests.support.factories import person

SORTS = ("name", "-name", "modified", "-modified")


def walk(office, node="root", who="boss", limit=3, **asked):
    """All pages, one after the other."""
    found, cursor = [], None
    for _ in range(100):
        page = look.list_children(
            office.filing, office.by(who), node, limit=limit, cursor=cursor, **asked
        )
        assert len(page.items) <= limit
        found += [child.name for child in page.items]
        cursor = page.next_cursor
        if cursor is None:
            return found
    raise AssertionError("no end")


def trash(office, thing):
    if hasattr(thing, "number"):
        trash_document(office.filing, office.by(), thing.id, rev=thing.rev)
    else:
        trash_node(office.filing, office.by(), thing.id, rev=office.node(thing).rev)


@pytest.fixture
def shelf(office):
    """Folders and documents, made in this order."""
    names = ["b", "Äpfel", "a10", "A2", "ß", "zz", "Z", "請求書", "a1"]
    for index, name in enumerate(names):
        office.pass_time(seconds=1)
        (office.folder if index % 2 else office.document)(name)
    office.begin("pending")
    return names


@pytest.mark.parametrize("limit", [1, 2, 3, 9, 100])
def test_every_sort_pages_through_everything_once(office, shelf, limit):
    by_name = ["a1", "a10", "A2", "b", "ß", "Z", "zz", "Äpfel", "請求書"]
    assert walk(office, limit=limit, sort="name") == by_name
    assert walk(office, limit=limit, sort="-name") == by_name[::-1]
    assert walk(office, limit=limit, sort="modified") == shelf
    assert walk(office, limit=limit, sort="-modified") == shelf[::-1]


def test_a_prefix_is_compared_as_names_are(office, shelf):
    assert walk(office, prefix="A") == ["a1", "a10", "A2"]
    assert walk(office, prefix="a1", sort="-name", limit=1) == ["a10", "a1"]
    assert walk(office, prefix="ÄP") == ["Äpfel"]
    assert walk(office, prefix="A\u0308") == ["Äpfel"]
    assert walk(office, prefix="SS") == ["ß"]
    assert walk(office, prefix="nothing") == []


@pytest.mark.parametrize(
    "asked",
    [
        {"sort": "size"},
        {"sort": ""},
        {"sort": "modified", "prefix": "a"},
        {"prefix": "x" * 10_000},
        {"cursor": "nonsense"},
        {"cursor": "W10"},
        {"cursor": "x" * 5000},
        {"cursor": "é"},
        {"cursor": "WyIiXQ"},
        {"cursor": "W1sxXV0"},
    ],
)
def test_what_cannot_be_asked(office, shelf, asked):
    with pytest.raises(Invalid):
        look.list_children(
            office.filing, office.by(), "root", **{"limit": 5, "cursor": None, **asked}
        )


def test_a_cursor_of_another_list_is_refused_or_reaches_nothing_else(office, shelf):
    inner = office.folder("inner")
    office.document("secret", node=inner)
    page = look.list_children(
        office.filing, office.by(), "root", sort="modified", limit=2, cursor=None
    )
    with pytest.raises(Invalid):
        look.list_children(
            office.filing, office.by(), "root", sort="name", limit=2, cursor=page.next_cursor
        )
    first = look.list_children(office.filing, office.by(), "root", limit=2, cursor=None)
    with pytest.raises(Invalid):
        look.list_children(
            office.filing, office.by(), "root", prefix="zz", limit=2, cursor=first.next_cursor
        )


def test_what_is_on_its_way_is_in_no_list(office):
    office.begin("pending.txt")
    for sort in SORTS:
        assert walk(office, sort=sort) == []


def test_folders_closed_to_somebody_are_in_no_list(office):
    office.grant(ann="viewer")
    for n in range(12):
        node = office.folder(f"{n:02d}")
        if n % 3:
            office.grant(node, inherit=False, boss="manager")
    for sort in SORTS:
        assert sorted(walk(office, who="ann", sort=sort)) == ["00", "03", "06", "09"]
    folders = look.list_folders(office.filing, office.by("ann"), "root", limit=50, cursor=None)
    assert [child.name for child in folders.items] == ["00", "03", "06", "09"]
    assert len(walk(office)) == 12


def test_a_page_of_two_hundred_closed_folders(office):
    for n in range(150):
        office.grant(office.folder(f"{n:03d}"), inherit=False, boss="manager", ann="viewer")
    office.grant(ann="viewer", bo="viewer")
    assert len(office.names(who="ann", limit=200)) == 150
    assert office.names(who="bo", limit=200) == []


def test_a_folder_is_filled_past_what_is_hidden(office):
    office.grant(ann="viewer")
    for n in range(5):
        office.grant(office.folder(f"a{n}"), inherit=False, boss="manager")
    office.document("b.txt")
    assert office.names(who="ann", limit=3) == ["b.txt"]


def test_a_hidden_folder_lists_nothing(office):
    hidden = office.folder("hidden")
    for attempt in (
        lambda: walk(office, hidden.id, who="ann"),
        lambda: look.list_folders(office.filing, office.by("ann"), hidden.id, limit=5, cursor=None),
        lambda: look.list_trash(
            office.filing, office.by("ann"), node_id=hidden.id, limit=5, cursor=None
        ),
    ):
        with pytest.raises(NotFound):
            attempt()


def test_folders_alone(office, shelf):
    found = look.list_folders(office.filing, office.by(), "root", limit=2, cursor=None)
    rest = look.list_folders(office.filing, office.by(), "root", limit=50, cursor=found.next_cursor)
    names = [child.name for child in (*found.items, *rest.items)]
    assert names == ["A2", "zz", "Äpfel", "請求書"]


def test_a_million_children_cost_what_a_few_cost(office):
    few, many = office.folder("few"), office.folder("many")
    for n in range(5):
        office.folder(f"{n}", few)
    for n in range(300):
        office.folder(f"{n}", many)

    def reads(node):
        office.database.calls.clear()
        office.names(node, limit=5)
        return list(office.database.calls)

    office.names(few)
    office.names(many)
    assert reads(few) == reads(many)


def test_my_trash_and_a_folders(office):
    office.grant(ann="editor")
    document, node = office.document("a.txt"), office.folder("b")
    inner = office.folder("c", node)
    trash(office, document)
    trash(office, inner)
    other = office.document("hers.txt", who="ann")
    trash_document(office.filing, office.by("ann"), other.id, rev=other.rev)

    def names(who, node_id=None):
        page = look.list_trash(
            office.filing, office.by(who), node_id=node_id, limit=50, cursor=None
        )
        return [child.name for child in page.items]

    assert names("boss") == ["c", "a.txt"]
    assert names("ann") == ["hers.txt"]
    assert names("boss", "root") == ["hers.txt", "a.txt"]
    assert names("ann", node.id) == ["c"]
    assert names("bo") == []
    office.grant()
    assert names("ann") == []


def test_trash_in_pages(office):
    for n in range(7):
        trash(office, office.document(f"{n}"))
    found, cursor = [], None
    while True:
        page = look.list_trash(office.filing, office.by(), node_id=None, limit=3, cursor=cursor)
        found += [child.name for child in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert found == [f"{n}" for n in range(6, -1, -1)]


def test_a_closed_folder_in_the_trash_stays_closed(office):
    office.grant(ann="viewer")
    node = office.folder("closed")
    office.grant(node, inherit=False, boss="manager")
    trash(office, node)
    page = look.list_trash(office.filing, office.by("ann"), node_id="root", limit=5, cursor=None)
    assert page.items == []


def test_found_by_number_where_one_may_see_it(office):
    place = office.folder("place")
    document = office.document("a.txt", node=place)
    assert look.find_by_number(office.filing, office.by(), document.number) == document
    assert look.find_by_number(office.filing, office.by("ann"), document.number) is None
    for number in (0, -1, 999, 10**14):
        assert look.find_by_number(office.filing, office.by(), number) is None
    office.grant(place, ann="viewer")
    assert look.find_by_number(office.filing, office.by("ann"), document.number) == document


def test_recents_are_what_one_touched_and_may_still_see(office):
    place = office.folder("place")
    office.grant(place, ann="editor")
    first = office.document("first.txt", node=place, who="ann")
    second = office.document("second.txt", node=place)
    third = office.document("third.txt", node=place, who="ann")
    gone = office.document("gone.txt", node=place, who="ann")
    trash_document(office.filing, office.by("ann"), gone.id, rev=gone.rev)
    office.begin("pending.txt", node=place, who="ann")
    look.link_to_content(office.filing, office.by("ann"), second.id, 1, inline=True)

    def names(who, limit=10):
        return [d.name for d in look.recent(office.filing, office.by(who), limit=limit)]

    assert names("ann") == ["second.txt", "third.txt", "first.txt"]
    assert names("ann", 1) == ["second.txt"]
    assert names("bo") == []
    look.link_to_content(office.filing, office.by("ann"), first.id, 1, inline=True)
    assert names("ann")[0] == "first.txt"
    office.grant(place)
    assert names("ann") == []
    assert third.name == "third.txt"


def test_shared_with_me(office):
    a, b, c = office.folder("A"), office.folder("b"), office.folder("c")
    office.grant(b, ann="viewer")
    office.set_access(office.node(a), {"group:team": Role.VIEWER})
    office.grant(c, ann="editor")
    trash(office, c)
    ann = person("ann", "team")
    authority = office.by(ann)
    assert [node.name for node in shared_with(office.filing, authority)] == ["A", "b"]
    assert [node.name for node in shared_with(office.filing, office.by("ann"))] == ["b"]
    assert shared_with(office.filing, office.by("bo")) == []
    office.grant(b)
    assert [node.name for node in shared_with(office.filing, office.by(ann))] == ["A"]


def test_breadcrumbs_end_where_sight_ends(office):
    a, b, c = office.tower(3)
    document = office.document("a.txt", node=c)
    office.grant(b, ann="viewer")
    assert [p.name for p in look.open_node(office.filing, office.by("ann"), c.id).above] == ["t1"]
    above = look.open_document(office.filing, office.by("ann"), document.id).above
    assert [place.name for place in above] == ["t2", "t1"]
    with pytest.raises(NotFound):
        look.open_node(office.filing, office.by("ann"), a.id)


def test_the_system_log_covers_names_of_closed_folders(office):
    admin = person("admin", administrator=True)
    secret = office.folder("Dismissals 2031")
    known = office.folder("Minutes")
    office.grant(known, admin="viewer")
    moved = office.folder("Layoffs", secret)
    move_node(office.filing, office.by(), moved.id, parent_id=known.id, rev=moved.rev)
    office.folder("Closed", secret)
    page = system_page(office.database, now=office.now(), limit=100)
    told = veiled(office.filing, office.by(admin), tell(office.database, page.items))
    shown = [each.entry for each in told]
    texts = repr([entry.details for entry in shown])
    assert "Dismissals" not in texts
    assert "Closed" not in texts
    assert "Minutes" in texts
    covered = next(e for e in shown if e.subject == f"node:{secret.id}")
    assert covered.details["name"] == VEIL
    stored = next(e for e in office.system() if e.subject == f"node:{secret.id}")
    assert stored.details["name"] == "Dismissals 2031"
