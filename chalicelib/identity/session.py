"""A signed-in browser or program: values and limits, no I/O."""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from chalicelib.audit.model import Context
from chalicelib.errors import Unauthenticated

IDLE = timedelta(minutes=60)
ABSOLUTE = timedelta(hours=12)
REFRESH = timedelta(minutes=5)
"""A session's last use is written down at most this often, so that reading costs no writes."""

MAX_WHEREABOUTS = 8
_COOKIE = re.compile(r"([0-9A-Za-z]{1,40})\.([0-9A-Za-z_-]{43})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whereabouts:
    """Where a session was used from, and the audit context that stands for it."""

    address: str
    agent: str
    context: Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One sign-in. `digest` is the SHA-256 hex of its secret; `whereabouts` the newest first.

    It is over when `expires_at` (idle limit, never behind `ends_at`) is reached, and when the
    person's era is no longer the session's.
    """

    id: str
    user_id: str
    digest: str
    era: int
    must_change_password: bool
    started_at: datetime
    seen_at: datetime
    ends_at: datetime
    whereabouts: Sequence[Whereabouts]

    @property
    def expires_at(self) -> datetime:
        """When it ends unless it is used before."""
        return min(self.seen_at + IDLE, self.ends_at)

    def at(self, address: str, agent: str) -> Whereabouts | None:
        """What is known of its use from there; None: never seen there, or too long ago."""
        for known in self.whereabouts:
            if (known.address, known.agent) == (address, agent):
                return known
        return None


@dataclass(frozen=True, slots=True)
class Credential:
    """What a session cookie says: whose, and the secret."""

    user_id: str
    secret: str

    @property
    def digest(self) -> str:
        """What is stored of the secret. It is random, so a plain hash resists guessing."""
        return hashlib.sha256(self.secret.encode()).hexdigest()

    @property
    def cookie_value(self) -> str:
        """The text of the cookie."""
        return f"{self.user_id}.{self.secret}"

    @classmethod
    def read(cls, cookie_value: str) -> "Credential":
        """Read a cookie's text.

        Raises:
            Unauthenticated: it is none of ours.
        """
        match = _COOKIE.fullmatch(cookie_value)
        if match is None:
            raise Unauthenticated
        return cls(match[1], match[2])


@dataclass(frozen=True, slots=True)
class Started:
    """A session just begun, or begun anew under a fresh secret; the cookie is shown only now."""

    session: Session
    cookie_value: str
