"""Rows of the outbox: table work, `OUTBOX#<id>` / MAIL; in the index `due` while pending."""

from collections.abc import Sequence
from typing import Any

from chalicelib.notify.model import Mail, State
from chalicelib.transaction import (
    NEW_ROW,
    Change,
    Database,
    Key,
    Put,
    Query,
    Row,
    Table,
    Update,
)

_DUE = "OUTBOX"
_PREFIX = "OUTBOX#"


def mail_key(mail_id: str) -> Key:
    """Where a mail's row lives."""
    return Key(Table.WORK, f"{_PREFIX}{mail_id}", "MAIL")


def mail_id_of(pk: str) -> str | None:
    """The mail's id in a partition key; None: the row is no mail."""
    return pk.removeprefix(_PREFIX) if pk.startswith(_PREFIX) else None


def get_mail(database: Database, mail_id: str) -> Mail | None:
    """Read a mail."""
    row = database.get(mail_key(mail_id))
    return _mail_of(row) if row else None


def list_due(database: Database, *, now: str, limit: int) -> Sequence[Mail]:
    """Mails whose time has come, the longest waiting first (eventually consistent)."""
    query = Query(table=Table.WORK, pk=_DUE, index="due", limit=limit)
    return [mail for mail in map(_mail_of, database.query(query).rows) if mail.is_due(now)]


def put_mail(mail: Mail) -> Put:
    """A new mail."""
    row = {
        "id": mail.id,
        "to": mail.to,
        "template": mail.template,
        "parameters": dict(mail.parameters),
        "created_at": mail.created_at,
        **_standing(mail),
    }
    return Put(key=mail_key(mail.id), row=row, guard=NEW_ROW)


def update_mail(mail: Mail, *, before: Mail, **told: Any) -> Change:  # noqa: ANN401 - row values
    """The mail's new standing; busy when another worker has moved it on since `before`."""
    return Update(
        key=mail_key(mail.id),
        values={**_standing(mail), **told},
        guard={"state": before.state.value, "attempts": before.attempts},
    )


def _standing(mail: Mail) -> dict[str, Any]:
    return {
        "state": mail.state.value,
        "attempts": mail.attempts,
        "due_pk": _DUE if mail.next_attempt_at else None,
        "due_sk": mail.next_attempt_at,
    }


def _mail_of(row: Row) -> Mail:
    return Mail(
        id=row["id"],
        to=row["to"],
        template=row["template"],
        parameters=row["parameters"],
        state=State(row["state"]),
        attempts=row["attempts"],
        created_at=row["created_at"],
        next_attempt_at=row.get("due_sk"),
    )
