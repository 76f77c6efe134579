"""Anchors: signed statements about where all chains stood. Values and their stored form, no I/O.

An anchor is a manifest and, beside it, files of leaves, one a shard of the chains. The manifest's
statement is what is signed; its `root` is the Merkle root over the shards, each of which has the
Merkle root over its leaves. The stored form is append-only, as entries are.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from chalicelib.audit import merkle
from chalicelib.audit.model import Head, canonical

FORMAT = 1


class Kind(StrEnum):
    """An hourly anchor tells of the chains that changed; a nightly one of every chain."""

    HOURLY = "hourly"
    NIGHTLY = "nightly"

    @property
    def digits(self) -> int:
        """Hex digits in the name of a shard: 16 files an hour, 256 a night."""
        return 1 if self is Kind.HOURLY else 2


class Spoiled(Exception):
    """What lies in the vault is not what was signed there (or is not there at all)."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A chain's newest entry. `since`: from there on its link was checked when the leaf was made.

    None: it was not (entries came out of order), so whoever needs it walks the chain.
    """

    chain: str
    head: Head
    since: Head | None = None

    @property
    def line(self) -> bytes:
        """The stored and hashed form."""
        since = [self.since.seq, self.since.hash] if self.since else None
        return canonical([self.chain, self.head.seq, self.head.hash, since]).encode()

    @classmethod
    def read(cls, line: bytes) -> "Leaf":
        """Read what `line` gave; raises Spoiled."""
        try:
            chain, seq, hash_, since = json.loads(line)
            leaf = cls(chain, Head(seq, hash_), Head(*since) if since else None)
            heads = [leaf.head, leaf.since] if leaf.since else [leaf.head]
            _check_kinds(str, leaf.chain, *(head.hash for head in heads))
            _check_kinds(int, *(head.seq for head in heads))
            as_written = leaf.line == line
        except (ValueError, TypeError, RecursionError) as error:
            raise Spoiled("a leaf that cannot be read") from error
        if not as_written:
            raise Spoiled("a leaf in another form than it is written in")
        return leaf


@dataclass(frozen=True, slots=True)
class Shard:
    """One file of leaves: its name (hex digits), how many there are, and their Merkle root."""

    name: str
    leaves: int
    root: str


@dataclass(frozen=True, slots=True)
class Link:
    """Another anchor of the same environment: its period, and the SHA-256 of its statement."""

    period: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What is signed. Periods: "2031-01-02T03" (an hour) or "2031-01-02" (a night), UTC.

    `previous` is the anchor of the same kind before (None: the first). A nightly anchor covers the
    hourly ones up to and with `through`.
    """

    environment: str
    kind: Kind
    period: str
    made_at: str
    leaves: int
    root: str
    previous: Link | None
    through: Link | None

    @property
    def text(self) -> str:
        """The signed form: well below the 4,096 bytes that KMS takes."""
        return canonical(
            {
                "format": FORMAT,
                "environment": self.environment,
                "kind": self.kind.value,
                "period": self.period,
                "made_at": self.made_at,
                "leaves": self.leaves,
                "root": self.root,
                "previous": _link(self.previous),
                "through": _link(self.through),
            }
        )

    @property
    def link(self) -> Link:
        """How another anchor refers to this one."""
        return Link(self.period, hashlib.sha256(self.text.encode()).hexdigest())


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A statement with its signature and the shards that its root stands for."""

    statement: Statement
    signature: bytes
    shards: Sequence[Shard]

    @property
    def manifest(self) -> bytes:
        """The stored form."""
        return canonical(
            {
                "statement": self.statement.text,
                "signature": base64.b64encode(self.signature).decode(),
                "shards": [[shard.name, shard.leaves, shard.root] for shard in self.shards],
            }
        ).encode()

    @classmethod
    def read(cls, manifest: bytes) -> "Anchor":
        """Read a manifest, and check that its shards give the statement's root; raises Spoiled."""
        try:
            stored = json.loads(manifest)
            anchor = cls(
                statement=_statement(stored["statement"]),
                signature=base64.b64decode(stored["signature"]),
                shards=[Shard(*fields) for fields in stored["shards"]],
            )
            _check_kinds(str, *(shard.name for shard in anchor.shards))
            _check_kinds(str, *(shard.root for shard in anchor.shards))
            _check_kinds(int, *(shard.leaves for shard in anchor.shards))
            as_written = anchor.manifest == manifest  # the statement and the signature included
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise Spoiled("a manifest that cannot be read") from error
        if not as_written:
            raise Spoiled("a manifest in another form than it is written in")
        if root_of(anchor.shards) != anchor.statement.root:
            raise Spoiled("a manifest whose shards are not the signed ones")
        return anchor

    def shard(self, name: str) -> Shard | None:
        """The shard of that name; None: no chain of it is in the anchor."""
        return next((shard for shard in self.shards if shard.name == name), None)


class Vault(Protocol):
    """Where anchors lie, locked against change and removal (S3 Object Lock, COMPLIANCE)."""

    def names(self, prefix: str, *, after: str = "") -> Sequence[str]:
        """Names that begin so, behind `after`, in order, even if something later hid them."""
        ...

    def read(self, name: str) -> bytes | None:
        """The first content ever written under the name: nobody can remove or replace that one."""
        ...

    def topmost(self, name: str) -> bytes | None:
        """What lies on top: cheaper to read, and only for what proves by itself to be the one."""
        ...

    def write(self, name: str, content: bytes) -> bool:
        """Write and lock; False, and nothing written, where the name is taken."""
        ...


class Signer(Protocol):
    """Holds the environment's private key."""

    def sign(self, message: bytes) -> bytes:
        """ECDSA P-256 over SHA-256, DER-encoded; the message is at most 4,096 bytes."""
        ...


class Signatures(Protocol):
    """Knows the environment's public key."""

    def genuine(self, message: bytes, signature: bytes) -> bool:
        """Whether the environment's key signed exactly this message."""
        ...


def root_of(shards: Iterable[Shard]) -> str:
    """The anchor's root: the Merkle root over its shards in order."""
    return merkle.root(
        canonical([shard.name, shard.leaves, shard.root]).encode() for shard in shards
    )


def manifest_name(kind: Kind, period: str) -> str:
    """Where a manifest lies in the vault."""
    return f"anchors/{kind}/manifests/{period}.json"


def leaves_name(kind: Kind, period: str, shard: Shard) -> str:
    """Where a shard's leaves lie: one canonical JSON array a line. The root is in the name.

    So a run that died leaves nothing behind that the next one would have to replace.
    """
    return f"anchors/{kind}/leaves/{period}/{shard.name}-{shard.root}.jsonl"


def _check_kinds(kind: type, *values: object) -> None:
    for value in values:
        if type(value) is not kind:
            raise TypeError(f"no {kind.__name__}: {value!r}")


def _link(link: Link | None) -> list[str] | None:
    return [link.period, link.digest] if link else None


def _statement(text: str) -> Statement:
    stored = json.loads(text)
    if stored["format"] != FORMAT:
        raise Spoiled(f"an anchor of format {stored['format']!r}")
    statement = Statement(
        environment=stored["environment"],
        kind=Kind(stored["kind"]),
        period=stored["period"],
        made_at=stored["made_at"],
        leaves=stored["leaves"],
        root=stored["root"],
        previous=Link(*stored["previous"]) if stored["previous"] else None,
        through=Link(*stored["through"]) if stored["through"] else None,
    )
    links = [link for link in (statement.previous, statement.through) if link]
    _check_kinds(str, statement.environment, statement.period, statement.made_at, statement.root)
    _check_kinds(str, *(part for link in links for part in (link.period, link.digest)))
    _check_kinds(int, statement.leaves)
    return statement
