"""What the use cases about people need from outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from chalicelib.audit.model import Action
from chalicelib.audit.trail import Trail, system_entry
from chalicelib.clock import utc_text
from chalicelib.identity.model import Principal
from chalicelib.identity.passwords import Vault
from chalicelib.transaction import Database, Put


@dataclass(frozen=True, slots=True, kw_only=True)
class Registry:
    """The desk for people, groups and sessions.

    `new_secret` gives 256 random bits as 43 URL-safe characters; `portal_url` has no trailing
    slash and may be empty. `new_id` names what is created.
    """

    database: Database
    trail: Trail
    now: Callable[[], datetime]
    new_id: Callable[[], str]
    new_secret: Callable[[], str]
    vault: Vault
    portal_url: str

    def with_ids(self, new_id: Callable[[], str]) -> "Registry":
        """The same desk, naming what it creates by an idempotent request's ids."""
        return replace(self, new_id=new_id)

    def fresh_id(self) -> str:
        """An id that no earlier run of the same request used: for transactions and mails."""
        return self.trail.new_id()

    def clock(self) -> str:
        """The moment as it is stored."""
        return utc_text(self.now())

    def entry(
        self,
        actor: Principal | str,
        action: Action,
        subject: str,
        *,
        transaction_id: str,
        details: Mapping[str, Any] | None = None,
    ) -> Put:
        """The system entry of a change; `actor` is a person or "system:<job>".

        `details` hold ids and flags only: whatever names a person must stay erasable.
        """
        return system_entry(
            self.trail,
            actor,
            action=action,
            subject=subject,
            details=details or {},
            transaction_id=transaction_id,
        )
