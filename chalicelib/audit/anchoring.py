"""What making an anchor needs, and its last step: signing, and the manifest that makes it true.

Anchoring may be run twice, die anywhere, and meet itself: leaves have their content's root in
their name, and the manifest, written last and only where there is none, decides.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from chalicelib.audit.anchor_model import (
    Anchor,
    Kind,
    Link,
    Shard,
    Signatures,
    Signer,
    Spoiled,
    Statement,
    Vault,
    root_of,
)
from chalicelib.audit.anchor_store import authentic, load, write_manifest
from chalicelib.clock import utc_text
from chalicelib.transaction import Database

HEX = "0123456789abcdef"


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchoring:
    """What anchoring needs. `environment` is the stage's name, which every statement bears."""

    database: Database
    vault: Vault
    signer: Signer
    signatures: Signatures
    now: Callable[[], datetime]
    environment: str


def seal(
    anchoring: Anchoring,
    kind: Kind,
    period: str,
    shards: Sequence[Shard],
    *,
    previous: Link | None,
    through: Link | None = None,
) -> Anchor:
    """Sign, and write the manifest; the anchor that stands, which may be another run's.

    Raises:
        Spoiled: another stands there and cannot be read.
    """
    statement = Statement(
        environment=anchoring.environment,
        kind=kind,
        period=period,
        made_at=utc_text(anchoring.now()),
        leaves=sum(shard.leaves for shard in shards),
        root=root_of(shards),
        previous=previous,
        through=through,
    )
    signature = anchoring.signer.sign(statement.text.encode())
    anchor = Anchor(statement=statement, signature=signature, shards=shards)
    return write_manifest(anchoring.vault, anchor)


def trusted(anchoring: Anchoring, kind: Kind, period: str) -> Anchor:
    """An anchor to build on.

    Raises:
        Spoiled: it is missing, cannot be read, or was not signed by this environment.
    """
    anchor = load(anchoring.vault, kind, period)
    if not authentic(anchor, anchoring.signatures, anchoring.environment):
        raise Spoiled(f"{kind} anchor {period} was not signed by this environment")
    return anchor
