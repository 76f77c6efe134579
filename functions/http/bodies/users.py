"""Bodies about people."""

from typing import Any

from pydantic import Field, field_validator
from pydantic.json_schema import SkipJsonSchema

from functions.http.bodies.values import Cursor, Id, Moment, PrincipalName, Shape, Strict


class NewUserBody(Strict):
    """Somebody to make known. `invite` mails them where to sign in, never the password."""

    name: str
    username: str
    email: str | None = None
    is_administrator: bool = False
    invite: bool = False


def _drop_default(schema: dict[str, Any]) -> None:
    del schema["default"]


_UNSAID = Field(default=None, json_schema_extra=_drop_default)


class UserChange(Strict):
    """What is to change; a field that is not sent stays. `email` null removes the address."""

    name: str | SkipJsonSchema[None] = _UNSAID
    username: str | SkipJsonSchema[None] = _UNSAID
    email: str | None = None
    is_administrator: bool | SkipJsonSchema[None] = _UNSAID
    disabled: bool | SkipJsonSchema[None] = _UNSAID

    @field_validator("name", "username", "is_administrator", "disabled")
    @classmethod
    def _said(cls, value: object) -> object:
        # Runs for what was sent alone: there null says nothing, and would be lost.
        if value is None:
            raise ValueError("leave the field out, or say what it shall be")
        return value


class UserShape(Shape):
    """Somebody who may sign in."""

    id: Id
    username: str
    email: str | None
    name: str
    is_administrator: bool
    disabled: bool
    must_change_password: bool
    group_ids: list[Id]
    rev: int
    created_at: Moment
    changed_at: Moment


class UsersShape(Shape):
    """A page of people."""

    items: list[UserShape]
    next_cursor: Cursor


class IssuedShape(Shape):
    """Somebody with a one-time password, shown this once and kept nowhere; lapses in 7 days."""

    user: UserShape
    one_time_password: str


class PrincipalShape(Shape):
    """Somebody ("user:ID") or a group ("group:ID") that access can be given to."""

    principal: PrincipalName
    name: str


class PrincipalsShape(Shape):
    """People and groups whose name begins so."""

    items: list[PrincipalShape]
    next_cursor: Cursor
