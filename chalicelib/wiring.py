# ruff: noqa: PLC0415 - see the docstring
"""The composition root: joins stores and vendors to use cases, once per Lambda container.

Only functions/, infra/ and tests import this. What every function needs is imported at once, when
Lambda lends a start more processor than a request has. Each part beyond is imported and made when
it is first asked for, so that a light worker pays for none that it does not use.
"""

import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.config import Config
from chalicelib.dynamodb import DynamoDatabase
from chalicelib.foresight import Foresight

if TYPE_CHECKING:
    from chalicelib.audit.anchor_model import Vault
    from chalicelib.audit.anchoring import Anchoring
    from chalicelib.audit.kms_signer import KmsSigner
    from chalicelib.audit.trail import Trail
    from chalicelib.audit.verify import Verifying
    from chalicelib.documents.desk import Files, Filing
    from chalicelib.identity.model import Principal
    from chalicelib.identity.registry import Registry
    from chalicelib.notify.deliver import Mailroom
    from chalicelib.transaction import Database

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford


def utc_now() -> datetime:
    """The moment, aware."""
    return datetime.now(UTC)


def new_id() -> str:
    """26 characters that sort by the millisecond of their making; 80 bits of them are random."""
    value = time.time_ns() // 1_000_000 << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[value >> shift & 31] for shift in range(125, -1, -5))


class Wiring:
    """Everything that handlers call, for one environment.

    Args:
        config: the environment's settings.
        database: another database than DynamoDB (tests).
        files: another file store than S3 (tests).
        now: another clock.
        ids: another source of ids.
    """

    def __init__(
        self,
        config: Config,
        *,
        database: "Database | None" = None,
        files: "Files | None" = None,
        now: Callable[[], datetime] = utc_now,
        ids: Callable[[], str] = new_id,
    ) -> None:
        self.config = config
        self.now = now
        self.new_id = ids
        self._database = database
        self._files = files

    @cached_property
    def database(self) -> Foresight:
        """The environment's tables."""
        return Foresight(self._database or DynamoDatabase(self.config.tables))

    @cached_property
    def trail(self) -> "Trail":
        """Where audit entries are appended."""
        from chalicelib.audit.trail import Trail

        return Trail(self.database, self.now, self.new_id, secrets.randbelow)

    @cached_property
    def registry(self) -> "Registry":
        """The desk for people, groups and sessions."""
        from chalicelib.identity.passwords import Vault
        from chalicelib.identity.registry import Registry

        return Registry(
            database=self.database,
            trail=self.trail,
            now=self.now,
            new_id=self.new_id,
            new_secret=lambda: secrets.token_urlsafe(32),
            vault=Vault(),
            portal_url=self.config.portal_url,
        )

    @cached_property
    def filing(self) -> "Filing":
        """The desk for folders and documents."""
        from chalicelib.access.guard import Guard
        from chalicelib.access.store import Lineages
        from chalicelib.documents.desk import Filing
        from chalicelib.documents.store import DocumentStore

        return Filing(
            store=DocumentStore(self.database),
            files=self._files or self._s3_files(),
            guard=Guard(Lineages(self.database, folders=self.database.behind)),
            trail=self.trail,
            person_of=self._person_of,
            now=self.now,
            retention_days=self.config.retention_days,
            max_document_bytes=self.config.max_document_bytes,
            require_scan=self.config.require_scan,
        )

    def _person_of(self, user_id: str) -> "Principal | None":
        from chalicelib.audit.model import Context
        from chalicelib.errors import NotFound
        from chalicelib.identity.store.users import get_user

        try:
            user = get_user(self.database, user_id)
        except NotFound:
            return None
        return None if user.disabled else user.as_principal(Context("", ""))

    @cached_property
    def mailroom(self) -> "Mailroom":
        """The desk for outgoing mail."""
        from chalicelib.notify.deliver import Mailroom
        from chalicelib.notify.relays.ses import SesRelay

        return Mailroom(
            database=self.database,
            relay=SesRelay(),
            now=self.now,
            new_id=self.new_id,
            sender=self.config.mail_from,
        )

    @cached_property
    def anchoring(self) -> "Anchoring":
        """What anchoring the audit needs."""
        from chalicelib.audit.anchoring import Anchoring

        return Anchoring(
            database=self.database,
            vault=self._vault,
            signer=self._signer,
            signatures=self._signer,
            now=self.now,
            environment=self.config.stage,
        )

    @cached_property
    def verifying(self) -> "Verifying":
        """What verifying the audit needs."""
        from chalicelib.audit.evidence import Archive
        from chalicelib.audit.verify import Verifying

        archive = Archive(self._vault, self._signer, self.config.stage)
        return Verifying(database=self.database, archive=archive, now=self.now)

    @cached_property
    def storage_origins(self) -> frozenset[str]:
        """Where presigned requests go, as scheme://host: pages may reach these and no other."""
        endpoint = os.environ.get("AWS_ENDPOINT_URL_S3") or os.environ.get("AWS_ENDPOINT_URL")
        if endpoint:
            return frozenset({endpoint.rstrip("/")})
        region = os.environ.get("AWS_REGION", "us-east-1")
        buckets = (self.config.staging_bucket, self.config.files_bucket)
        hosts = ("s3.amazonaws.com", f"s3.{region}.amazonaws.com")
        return frozenset(f"https://{bucket}.{host}" for bucket in buckets for host in hosts)

    @cached_property
    def _vault(self) -> "Vault":
        from chalicelib.audit.vault_store import S3Vault

        client = _client("s3", read_timeout=60, addressing="path" if _emulated() else "virtual")
        days = self.config.vault_retention_days
        return S3Vault(client, self.config.vault_bucket, retention_days=days, now=self.now)

    @cached_property
    def _signer(self) -> "KmsSigner":
        from chalicelib.audit.kms_signer import KmsSigner

        return KmsSigner(_client("kms", read_timeout=10, addressing="auto"), self.config.anchor_key)

    def _s3_files(self) -> "Files":
        from chalicelib.documents.file_store import S3Files

        return S3Files(
            _client("s3", read_timeout=840, addressing="path" if _emulated() else "virtual"),
            staging=self.config.staging_bucket,
            files=self.config.files_bucket,
            data_key=self.config.data_key,
        )


def _client(service: str, *, read_timeout: int, addressing: str) -> Any:  # noqa: ANN401 - boto3 makes its clients at run time
    import boto3
    from botocore.config import Config as ClientConfig

    settings = ClientConfig(
        signature_version="s3v4",
        connect_timeout=2,
        read_timeout=read_timeout,
        max_pool_connections=32,
        retries={"total_max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": addressing},
    )
    return boto3.client(service, config=settings)


def _emulated() -> bool:
    """Whether another endpoint than AWS's own is set: such hosts resolve no bucket names."""
    return bool(os.environ.get("AWS_ENDPOINT_URL") or os.environ.get("AWS_ENDPOINT_URL_S3"))


class _Current:
    """The container's wiring: made at the first request, or put there by a test."""

    wiring: Wiring | None = None


def wired() -> Wiring:
    """The environment of this process, from its variables."""
    if _Current.wiring is None:
        _Current.wiring = Wiring(Config.read(os.environ))
    return _Current.wiring


def use(wiring: Wiring | None) -> None:
    """Take this wiring from now on (tests, commands); None forgets it."""
    _Current.wiring = wiring
