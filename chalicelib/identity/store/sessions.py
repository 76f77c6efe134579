"""Rows of sessions: table ephemeral, `U#<user id>` / `S#<digest of the secret>`.

`expires` (epoch seconds) is DynamoDB's TTL attribute. It deletes late, so readers compare too.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from chalicelib.audit.model import Context
from chalicelib.clock import utc_text, utc_time
from chalicelib.identity.model import User
from chalicelib.identity.session import MAX_WHEREABOUTS, Session, Whereabouts
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
)


def session_key(user_id: str, digest: str) -> Key:
    """Where a session's row lives."""
    return Key(Table.EPHEMERAL, f"U#{user_id}", f"S#{digest}")


def session_of(row: Row, user: User) -> Session:
    """The session in a row of this person."""
    return Session(
        id=row["id"],
        user_id=user.id,
        digest=row["sk"].removeprefix("S#"),
        era=row["era"],
        must_change_password=user.must_change_password,
        started_at=utc_time(row["started_at"]),
        seen_at=utc_time(row["seen_at"]),
        ends_at=utc_time(row["ends_at"]),
        whereabouts=tuple(map(_whereabouts_of, row["whereabouts"])),
    )


def is_over(session: Session, user: User, now: datetime) -> bool:
    """Whether the session has ended: by time, or with all others of its era."""
    return session.era != user.era or session.expires_at <= now


def list_sessions(database: Database, user: User, *, now: datetime) -> Sequence[Session]:
    """All sessions of a person that still hold, the newest use first."""
    sessions = []
    query = Query(table=Table.EPHEMERAL, pk=f"U#{user.id}", prefix="S#", consistent=True)
    while True:
        page = database.query(query)
        sessions += [session_of(row, user) for row in page.rows]
        if page.last is None:
            break
        query = replace(query, after=page.last)
    living = [session for session in sessions if not is_over(session, user, now)]
    return sorted(living, key=lambda session: session.seen_at, reverse=True)


def put_session(session: Session) -> Change:
    """A session that begins."""
    row = {
        "id": session.id,
        "user_id": session.user_id,
        "era": session.era,
        "started_at": utc_text(session.started_at),
        "ends_at": utc_text(session.ends_at),
        **_moving(session),
    }
    return Put(key=session_key(session.user_id, session.digest), row=row, guard=NEW_ROW)


def update_session(session: Session, *, before: Session) -> Change:
    """The session with a newer last use or whereabouts; busy when another request was first."""
    return Update(
        key=session_key(session.user_id, session.digest),
        values=_moving(session),
        guard={"seen_at": utc_text(before.seen_at), "whereabouts": _listed(before)},
    )


def delete_session(session: Session) -> Delete:
    """The end of one session; busy when it is not there any more."""
    key = session_key(session.user_id, session.digest)
    return Delete(key=key, guard={"pk": Expected.PRESENT})


def _moving(session: Session) -> dict[str, Any]:
    return {
        "seen_at": utc_text(session.seen_at),
        "expires": int(session.expires_at.timestamp()),
        "whereabouts": _listed(session),
    }


def _listed(session: Session) -> list[dict[str, str]]:
    return [
        {
            "address": known.address,
            "agent": known.agent,
            "context_id": known.context.id,
            "context_digest": known.context.digest,
        }
        for known in session.whereabouts[:MAX_WHEREABOUTS]
    ]


def _whereabouts_of(value: dict[str, str]) -> Whereabouts:
    return Whereabouts(
        address=value["address"],
        agent=value["agent"],
        context=Context(value["context_id"], value["context_digest"]),
    )
