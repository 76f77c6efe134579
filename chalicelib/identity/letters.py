"""The mails that people get about their accounts. None ever holds a password."""

from collections.abc import Sequence

from chalicelib.identity.model import User
from chalicelib.identity.registry import Registry
from chalicelib.notify.outbox import mail_put
from chalicelib.transaction import Put


def invitation(registry: Registry, user: User, *, mail_id: str) -> Put:
    """Where to sign in, and under which name; the person must have an address."""
    return _letter(registry, user, mail_id=mail_id, template="invitation")


def password_reset(registry: Registry, user: User, *, mail_id: str) -> Sequence[Put]:
    """An administrator set a one-time password; nothing for somebody without an address."""
    return _notice(registry, user, mail_id=mail_id, template="password_reset")


def password_changed(registry: Registry, user: User, *, mail_id: str) -> Sequence[Put]:
    """The password was changed; nothing for somebody without an address."""
    return _notice(registry, user, mail_id=mail_id, template="password_changed")


def _notice(registry: Registry, user: User, *, mail_id: str, template: str) -> Sequence[Put]:
    return [_letter(registry, user, mail_id=mail_id, template=template)] if user.email else []


def _letter(registry: Registry, user: User, *, mail_id: str, template: str) -> Put:
    return mail_put(
        mail_id=mail_id,
        to=user.email or "",
        template=template,
        parameters={
            "name": user.name,
            "username": user.username,
            "portal_url": registry.portal_url,
        },
        at=registry.clock(),
    )
