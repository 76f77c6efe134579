"""Rows of groups.

Table identity: the group under `G#<id>` / META, listed by name; its members beneath it as
`M#<user id>`; and `GROUP#<folded name>` / META, which makes names unique.
"""

from collections.abc import Iterable, Mapping, Sequence

from chalicelib.errors import Busy, Conflict, NameTaken, NotFound, PaperTrailError
from chalicelib.identity.model import Group, User
from chalicelib.identity.names import folded, prefix_key, sort_key
from chalicelib.identity.store.positions import read_cursor, write_cursor
from chalicelib.identity.store.users import user_key
from chalicelib.transaction import (
    NEW_ROW,
    Change,
    Database,
    Delete,
    Expected,
    Key,
    Put,
    Query,
    Row,
    Table,
    Update,
    is_id,
)

LISTED = "GROUPS"
_BATCH = 100


def group_key(group_id: str) -> Key:
    """Where a group's row lives."""
    return Key(Table.IDENTITY, f"G#{group_id}", "META")


def group_of(row: Row) -> Group:
    """The group in a row."""
    return Group(
        id=row["id"],
        name=row["name"],
        member_count=row["member_count"],
        rev=row["rev"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )


def get_group(database: Database, group_id: str) -> Group:
    """Read a group.

    Raises:
        NotFound: there is none under this id.
    """
    row = database.get(group_key(group_id)) if is_id(group_id) else None
    if row is None:
        raise NotFound("group")
    return group_of(row)


def get_groups(database: Database, group_ids: Iterable[str]) -> Mapping[str, Group]:
    """Read groups by id; what does not exist is left out."""
    keys = [group_key(group_id) for group_id in dict.fromkeys(group_ids) if is_id(group_id)]
    found = {}
    for start in range(0, len(keys), _BATCH):
        for row in database.get_many(keys[start : start + _BATCH]).values():
            found[row["id"]] = group_of(row)
    return found


def list_groups(
    database: Database, *, prefix: str, cursor: str | None, limit: int
) -> tuple[Sequence[Group], str | None]:
    """A page of groups whose name begins so, by name, and the cursor behind it.

    Read from an index, so the newest may come a moment late.

    Raises:
        Invalid: the cursor is not one that this list gave.
    """
    start = prefix_key(prefix)
    query = Query(
        table=Table.IDENTITY,
        pk=LISTED,
        index="listing",
        prefix=start,
        after=_position(read_cursor(cursor, prefix=start)) if cursor else None,
        limit=limit,
    )
    page = database.query(query)
    return [group_of(row) for row in page.rows], write_cursor(page.last, "list_sk")


def list_member_ids(
    database: Database, group_id: str, *, cursor: str | None, limit: int
) -> tuple[Sequence[str], str | None]:
    """A page of the ids of a group's members, and the cursor behind it.

    Raises:
        Invalid: the cursor is not one that this list gave.
    """
    pk = f"G#{group_id}"
    query = Query(
        table=Table.IDENTITY,
        pk=pk,
        prefix="M#",
        after={"pk": pk, "sk": read_cursor(cursor, prefix="M#")} if cursor else None,
        limit=limit,
        consistent=True,
    )
    page = database.query(query)
    return [row["user_id"] for row in page.rows], write_cursor(page.last, "sk")


def put_group(group: Group) -> Sequence[Change]:
    """A new group, and its name."""

    def exists(_row: Row | None) -> PaperTrailError:
        return Conflict("This group exists already.", existing_id=group.id)

    put = Put(key=group_key(group.id), row=_row(group), guard=NEW_ROW, refusal=exists)
    return [put, _claim(group)]


def rename_group(group: Group, *, before: Group) -> Sequence[Change]:
    """The group under its new name, one revision on; busy when it is no longer as before."""
    changes: list[Change] = [
        Update(
            key=group_key(group.id),
            values={
                "name": group.name,
                "changed_at": group.changed_at,
                "list_sk": sort_key(group.name, group.id),
                "rev": before.rev + 1,
            },
            guard={"rev": before.rev},
        )
    ]
    if folded(group.name) != folded(before.name):
        changes += [_claim(group), _release(before)]
    return changes


def delete_group(group: Group) -> Sequence[Change]:
    """Remove a group that nobody is in; busy when it is no longer as given."""
    key = group_key(group.id)
    return [
        Delete(key=key, guard={"rev": group.rev, "member_count": 0}, refusal=_not_deletable),
        _release(group),
    ]


def add_member(group: Group, user: User, *, at: str) -> Sequence[Change]:
    """Put somebody into a group: the member row, the count, and the person's own list."""
    return [
        Put(
            key=_member_key(group.id, user.id),
            row={"user_id": user.id, "added_at": at},
            guard=NEW_ROW,
        ),
        _count(group, group.member_count + 1),
        _listed_groups(user, [*user.group_ids, group.id]),
    ]


def remove_member(group: Group, user: User) -> Sequence[Change]:
    """Take somebody out of a group, the reverse of `add_member`."""
    remaining = [group_id for group_id in user.group_ids if group_id != group.id]
    return [
        Delete(key=_member_key(group.id, user.id), guard={"pk": Expected.PRESENT}),
        _count(group, group.member_count - 1),
        _listed_groups(user, remaining),
    ]


def _count(group: Group, count: int) -> Change:
    guard = {"member_count": group.member_count}
    return Update(key=group_key(group.id), values={"member_count": count}, guard=guard)


def _listed_groups(user: User, group_ids: list[str]) -> Change:
    return Update(
        key=user_key(user.id),
        values={"group_ids": group_ids, "rev": user.rev + 1},
        guard={"rev": user.rev},
    )


def _member_key(group_id: str, user_id: str) -> Key:
    return Key(Table.IDENTITY, f"G#{group_id}", f"M#{user_id}")


def _name_key(name: str) -> Key:
    return Key(Table.IDENTITY, f"GROUP#{folded(name)}", "META")


def _claim(group: Group) -> Change:
    def taken(row: Row | None) -> PaperTrailError:
        return NameTaken(group.name, kind="group", existing_id=row["group_id"] if row else None)

    row = {"group_id": group.id}
    return Put(key=_name_key(group.name), row=row, guard=NEW_ROW, refusal=taken)


def _release(group: Group) -> Change:
    return Delete(key=_name_key(group.name), guard={"group_id": group.id})


def _row(group: Group) -> Row:
    return {
        "id": group.id,
        "name": group.name,
        "member_count": group.member_count,
        "rev": group.rev,
        "created_at": group.created_at,
        "changed_at": group.changed_at,
        "list_pk": LISTED,
        "list_sk": sort_key(group.name, group.id),
    }


def _not_deletable(row: Row | None) -> PaperTrailError:
    if row is None:
        return NotFound("group")
    if row["member_count"]:
        return Conflict("People are in this group. Take them out first, so that none loses access.")
    return Busy()


def _position(place: str) -> Mapping[str, str]:
    id_ = place.rpartition("#")[2]
    return {"list_pk": LISTED, "list_sk": place, "pk": f"G#{id_}", "sk": "META"}
