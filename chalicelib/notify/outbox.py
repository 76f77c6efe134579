"""Puts a mail into the outbox, as part of the transaction that it tells of."""

from collections.abc import Mapping

from chalicelib.notify.model import Mail, State
from chalicelib.notify.store import put_mail
from chalicelib.transaction import Put


def mail_put(
    *, mail_id: str, to: str, template: str, parameters: Mapping[str, str], at: str
) -> Put:
    """The outbox row of a mail, due at once.

    Args:
        mail_id: names the mail for good; its Message-ID is made of it.
        to: one mail address.
        template: a name in chalicelib/notify/templates/.
        parameters: what fills it. It is stored and backed up: no token, link or password.
        at: the moment, RFC 3339 UTC.
    """
    return put_mail(
        Mail(
            id=mail_id,
            to=to,
            template=template,
            parameters=parameters,
            state=State.PENDING,
            attempts=0,
            created_at=at,
            next_attempt_at=at,
        )
    )
