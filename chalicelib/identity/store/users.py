"""Rows of people.

Table identity: the person under `U#<id>` / META, listed by name; one row `NAME#<folded>` / META for
each name that signs in (user name and mail address share the namespace); one row
`ADMINISTRATORS` / META that holds the ids of all who may administer now; and one row
`FIRST_ADMINISTRATOR` / META that says who was made with the environment.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

from chalicelib.errors import Conflict, LastOfItsKind, NameTaken, NotFound, PaperTrailError
from chalicelib.identity.model import User
from chalicelib.identity.names import folded, prefix_key, sort_key
from chalicelib.identity.store.positions import read_cursor, write_cursor
from chalicelib.transaction import (
    NEW_ROW,
    Change,
    Database,
    Delete,
    Key,
    Put,
    Query,
    Row,
    Table,
    Update,
    is_id,
)

LISTED = "USERS"
ADMINISTRATORS_KEY = Key(Table.IDENTITY, "ADMINISTRATORS", "META")
FIRST_KEY = Key(Table.IDENTITY, "FIRST_ADMINISTRATOR", "META")
_BATCH = 100
_LONGEST_NAME = 254
_NOBODY = " "  # no name and no id holds a space


def user_key(user_id: str) -> Key:
    """Where a person's row lives."""
    return Key(Table.IDENTITY, f"U#{user_id}", "META")


def name_key(name: str) -> Key:
    """Where it is written whose sign-in name this is."""
    return Key(Table.IDENTITY, f"NAME#{folded(name)}", "META")


def user_of(row: Row) -> User:
    """The person in a row."""
    return User(
        id=row["id"],
        username=row["username"],
        email=row.get("email"),
        name=row["name"],
        is_administrator=row["is_administrator"],
        disabled=row["disabled"],
        must_change_password=row["must_change_password"],
        password_hash=row["password_hash"],
        password_until=row.get("password_until"),
        group_ids=tuple(row["group_ids"]),
        era=row["era"],
        rev=row["rev"],
        created_at=row["created_at"],
        changed_at=row["changed_at"],
    )


def get_user(database: Database, user_id: str) -> User:
    """Read a person.

    Raises:
        NotFound: there is none under this id.
    """
    row = database.get(user_key(user_id)) if is_id(user_id) else None
    if row is None:
        raise NotFound("user")
    return user_of(row)


def get_users(database: Database, user_ids: Iterable[str]) -> Mapping[str, User]:
    """Read people by id; whoever does not exist is left out."""
    keys = [user_key(user_id) for user_id in dict.fromkeys(user_ids) if is_id(user_id)]
    found = {}
    for start in range(0, len(keys), _BATCH):
        for row in database.get_many(keys[start : start + _BATCH]).values():
            found[row["id"]] = user_of(row)
    return found


def list_users(
    database: Database, *, prefix: str, cursor: str | None, limit: int
) -> tuple[Sequence[User], str | None]:
    """A page of people whose name begins so, by name, and the cursor behind it.

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
    return [user_of(row) for row in page.rows], write_cursor(page.last, "list_sk")


def put_user(user: User) -> Sequence[Change]:
    """A new person, and their sign-in names."""

    def exists(_row: Row | None) -> PaperTrailError:
        return Conflict("This user exists already.", existing_id=user.id)

    put = Put(key=user_key(user.id), row=_row(user), guard=NEW_ROW, refusal=exists)
    return [put, *_claims(user, _sign_in_names(user))]


def update_user(user: User, *, before: User) -> Sequence[Change]:
    """The changed person (one revision on), and the sign-in names that they gain or give up.

    Refused as busy when the row is no longer as it was in `before`.
    """
    was, is_now = _sign_in_names(before), _sign_in_names(user)
    return [
        Update(
            key=user_key(user.id),
            values={**_row(user), "rev": before.rev + 1},
            guard={"rev": before.rev},
        ),
        *_claims(user, {key: name for key, name in is_now.items() if key not in was}),
        *(Delete(key=key, guard={"user_id": user.id}) for key in was if key not in is_now),
    ]


def update_hash(user: User, password_hash: str) -> Change:
    """The same password under today's hashing costs."""
    return Update(
        key=user_key(user.id),
        values={"password_hash": password_hash},
        guard={"password_hash": user.password_hash},
    )


def end_era(user: User) -> Change:
    """End all sessions of a person at once."""
    return Update(
        key=user_key(user.id),
        values={"era": user.era + 1, "rev": user.rev + 1},
        guard={"rev": user.rev},
    )


def find_by_name(database: Database, name: str) -> User | None:
    """Read whoever signs in under a name; as many reads when there is nobody."""
    legible = len(name) <= _LONGEST_NAME and name.isprintable()
    row = database.get(name_key(name if legible else _NOBODY))
    found = database.get(user_key(row["user_id"] if row else _NOBODY))
    return user_of(found) if found else None


def administrators(database: Database) -> Sequence[str]:
    """The ids of all who may administer now; empty before the first one is made."""
    row = database.get(ADMINISTRATORS_KEY)
    return row["user_ids"] if row else ()


def put_administrators(before: Sequence[str], user_ids: Iterable[str]) -> Change:
    """Replace the set of administrators; refused as busy when it is no longer `before`.

    Raises:
        LastOfItsKind: nobody would be left.
    """
    remaining = sorted(user_ids)
    if not remaining:
        raise LastOfItsKind("This is the last administrator. Make another one first.")
    row = {"user_ids": remaining}
    guard = {"user_ids": list(before)} if before else NEW_ROW
    return Put(key=ADMINISTRATORS_KEY, row=row, guard=guard)


def first_administrator(database: Database) -> User | None:
    """Read whoever was made with the environment; None: nobody yet."""
    row = database.get(FIRST_KEY)
    return get_user(database, row["user_id"]) if row else None


def put_first_administrator(user_id: str) -> Change:
    """Say who was made with the environment; there is only one, for good."""

    def exists(_row: Row | None) -> PaperTrailError:
        return Conflict("There is a first administrator already.")

    return Put(key=FIRST_KEY, row={"user_id": user_id}, guard=NEW_ROW, refusal=exists)


def _row(user: User) -> Row:
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "is_administrator": user.is_administrator,
        "disabled": user.disabled,
        "must_change_password": user.must_change_password,
        "password_hash": user.password_hash,
        "password_until": user.password_until,
        "group_ids": list(user.group_ids),
        "era": user.era,
        "rev": user.rev,
        "created_at": user.created_at,
        "changed_at": user.changed_at,
        "list_pk": LISTED,
        "list_sk": sort_key(user.name, user.id),
    }


def _sign_in_names(user: User) -> Mapping[Key, str]:
    return {name_key(name): name for name in (user.email, user.username) if name}


def _claims(user: User, names: Mapping[Key, str]) -> list[Change]:
    return [
        Put(key=key, row={"user_id": user.id}, guard=NEW_ROW, refusal=_taken(user, name))
        for key, name in names.items()
    ]


def _taken(user: User, name: str) -> Callable[[Row | None], PaperTrailError]:
    def refuse(row: Row | None) -> PaperTrailError:
        owner = row["user_id"] if row else None
        if name == user.email and name != user.username:
            return Conflict(
                "Another user signs in with this mail address.", field="email", existing_id=owner
            )
        return NameTaken(name, kind="user", existing_id=owner)

    return refuse


def _position(place: str) -> Mapping[str, str]:
    id_ = place.rpartition("#")[2]
    return {"list_pk": LISTED, "list_sk": place, "pk": f"U#{id_}", "sk": "META"}
