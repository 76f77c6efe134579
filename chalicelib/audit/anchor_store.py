"""Anchors in the vault: written leaves first and manifest last, and read with every check."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from chalicelib.audit import merkle
from chalicelib.audit.anchor_model import (
    Anchor,
    Kind,
    Leaf,
    Shard,
    Signatures,
    Spoiled,
    Vault,
    leaves_name,
    manifest_name,
)

_RECENT = timedelta(days=92)
"""How far back the newest anchor is looked for first: their names fit one request."""


def write_leaves(vault: Vault, kind: Kind, period: str, name: str, leaves: Sequence[Leaf]) -> Shard:
    """Write one shard; writing the same again changes nothing."""
    lines = [leaf.line for leaf in leaves]
    shard = Shard(name, len(lines), merkle.root(lines))
    vault.write(leaves_name(kind, period, shard), b"".join(line + b"\n" for line in lines))
    return shard


def write_manifest(vault: Vault, anchor: Anchor) -> Anchor:
    """Write the manifest, which makes the anchor true; the one that stands, whoever wrote it.

    Raises:
        Spoiled: another stands there and cannot be read.
    """
    statement = anchor.statement
    if vault.write(manifest_name(statement.kind, statement.period), anchor.manifest):
        return anchor
    return load(vault, statement.kind, statement.period)


def load(vault: Vault, kind: Kind, period: str) -> Anchor:
    """Read an anchor whose shards give its root; its signature is for `authenticate`.

    Raises:
        Spoiled: there is none, or it cannot be read, or it speaks of another period.
    """
    manifest = vault.read(manifest_name(kind, period))
    if manifest is None:
        raise Spoiled(f"no {kind} anchor {period}")
    anchor = Anchor.read(manifest)
    if (anchor.statement.kind, anchor.statement.period) != (kind, period):
        raise Spoiled(f"another anchor in the place of {kind} {period}")
    return anchor


def authentic(anchor: Anchor, signatures: Signatures, environment: str) -> bool:
    """Whether this environment's key signed it."""
    statement = anchor.statement
    return statement.environment == environment and signatures.genuine(
        statement.text.encode(), anchor.signature
    )


def read_leaves(vault: Vault, anchor: Anchor, name: str) -> Sequence[Leaf]:
    """The leaves of one shard, in the order of chain and sequence; none where it has no such shard.

    Raises:
        Spoiled: the file is missing, or is not the signed one.
    """
    shard = anchor.shard(name)
    if shard is None:
        return ()
    place = leaves_name(anchor.statement.kind, anchor.statement.period, shard)
    lines = _signed(vault.topmost(place), shard)
    if lines is None:  # something was laid over it, or it is spoiled
        lines = _signed(vault.read(place), shard)
    if lines is None:
        raise Spoiled(f"no leaves {name} of {anchor.statement.period} as they were signed")
    return [Leaf.read(line) for line in lines]


def _signed(content: bytes | None, shard: Shard) -> Sequence[bytes] | None:
    """The lines of a shard; None where they are not those of the signed root."""
    lines = (content or b"").splitlines()
    return lines if (len(lines), merkle.root(lines)) == (shard.leaves, shard.root) else None


def latest_period(vault: Vault, kind: Kind, *, now: datetime) -> str | None:
    """The newest anchored period; looks a few months back, then at everything."""
    recent = (now - _RECENT).strftime("%Y-%m-%d")
    return max(periods_after(vault, kind, recent) or periods_after(vault, kind, ""), default=None)


def periods_after(vault: Vault, kind: Kind, after: str) -> Sequence[str]:
    """Anchored periods behind one ("": all), oldest first."""
    folder, _, ending = manifest_name(kind, "|").partition("|")
    names = vault.names(folder, after=folder + after if after else "")
    periods = [name.removeprefix(folder).removesuffix(ending) for name in names]
    # Nobody can remove what lies in the vault, so a stray name must not stop every verification.
    return [period for period in periods if period > after and _is_period(kind, period)]


def periods_before(vault: Vault, kind: Kind, before: str) -> Iterator[str]:
    """Anchored periods before one, newest first, all names of the kind in memory."""
    for period in reversed(periods_after(vault, kind, "")):
        if period < before:
            yield period


def _is_period(kind: Kind, text: str) -> bool:
    form = "%Y-%m-%d" if kind is Kind.NIGHTLY else "%Y-%m-%dT%H"
    try:
        return datetime.strptime(text, form).strftime(form) == text  # noqa: DTZ007 - only its form
    except ValueError:
        return False
