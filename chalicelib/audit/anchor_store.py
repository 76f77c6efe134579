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

_MONTH = 7
_MONTHS_BACK = 3


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
    content = vault.read(leaves_name(anchor.statement.kind, anchor.statement.period, shard))
    if content is None:
        raise Spoiled(f"no leaves {name} of {anchor.statement.period}")
    lines = content.splitlines()
    if len(lines) != shard.leaves or merkle.root(lines) != shard.root:
        raise Spoiled(f"other leaves {name} of {anchor.statement.period} than the signed ones")
    return [Leaf.read(line) for line in lines]


def latest_period(vault: Vault, kind: Kind, *, now: datetime) -> str | None:
    """The newest anchored period; looks a few months back, then at everything."""
    month = now.replace(day=1)
    for _ in range(_MONTHS_BACK):
        found = _periods(vault, kind, month.strftime("%Y-%m"))
        if found:
            return found[-1]
        month = (month - timedelta(days=1)).replace(day=1)
    return max(_periods(vault, kind, ""), default=None)


def periods_after(vault: Vault, kind: Kind, after: str | None, *, now: datetime) -> Iterator[str]:
    """Anchored periods behind one (None: all), oldest first, a month's names in memory."""
    if after is None:
        yield from _periods(vault, kind, "")
        return
    month = datetime.strptime(after[:_MONTH], "%Y-%m").replace(tzinfo=now.tzinfo)
    while month <= now:
        for period in _periods(vault, kind, month.strftime("%Y-%m")):
            if period > after:
                yield period
        month = (month + timedelta(days=32)).replace(day=1)


def periods_before(vault: Vault, kind: Kind, before: str) -> Iterator[str]:
    """Anchored periods before one, newest first, all names of the kind in memory."""
    for period in reversed(_periods(vault, kind, "")):
        if period < before:
            yield period


def _periods(vault: Vault, kind: Kind, begins: str) -> Sequence[str]:
    folder, _, ending = manifest_name(kind, "|").partition("|")
    names = vault.names(folder + begins)
    periods = [name.removeprefix(folder).removesuffix(ending) for name in names]
    # Nobody can remove what lies in the vault, so a stray name must not stop every verification.
    return [period for period in periods if _is_period(kind, period)]


def _is_period(kind: Kind, text: str) -> bool:
    form = "%Y-%m-%d" if kind is Kind.NIGHTLY else "%Y-%m-%dT%H"
    try:
        return datetime.strptime(text, form).strftime(form) == text  # noqa: DTZ007 - only its form
    except ValueError:
        return False
