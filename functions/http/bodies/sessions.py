"""Bodies about sessions and one's own account."""

from functions.http.bodies.values import Cursor, Id, Moment, Shape, Strict


class Credentials(Strict):
    """Who signs in. `otp` is for people with a second factor; others need none."""

    username: str
    password: str
    otp: str | None = None


class PasswordChange(Strict):
    """The present password, and the one to replace it."""

    present_password: str
    new_password: str


class StartedShape(Shape):
    """A session that began; its cookie comes in the header. Writes send `csrf_token` back."""

    session_id: Id
    csrf_token: str
    must_change_password: bool
    expires_at: Moment


class SessionShape(Shape):
    """One of my sessions; `address` and `agent` are those of its newest whereabouts."""

    id: Id
    current: bool
    started_at: Moment
    last_seen_at: Moment
    expires_at: Moment
    address: str
    agent: str


class SessionsShape(Shape):
    """My sessions, the newest use first."""

    items: list[SessionShape]
    next_cursor: Cursor


class OwnGroupShape(Shape):
    """A group that I am in."""

    id: Id
    name: str


class MeShape(Shape):
    """Who I am."""

    id: Id
    username: str
    name: str
    email: str | None
    is_administrator: bool
    must_change_password: bool
    groups: list[OwnGroupShape]
    session_id: Id
    csrf_token: str
    expires_at: Moment
