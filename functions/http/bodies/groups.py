"""Bodies about groups."""

from pydantic import Field

from functions.http.bodies.values import Cursor, Id, Moment, Shape, Strict


class GroupBody(Strict):
    """What a group is called."""

    name: str


class GroupShape(Shape):
    """People who get access together."""

    id: Id
    name: str
    member_count: int = Field(ge=0)
    rev: int
    created_at: Moment
    changed_at: Moment


class GroupsShape(Shape):
    """A page of groups."""

    items: list[GroupShape]
    next_cursor: Cursor
