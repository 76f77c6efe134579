"""Holds guessing to a pace: so many failures per account and per network in a quarter of an hour.

An attempt is counted before the password is looked at, and taken back when it was right. So a
thousand attempts sent at once get no more answers than one after the other.
"""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from chalicelib.errors import Busy, Throttled
from chalicelib.identity.names import folded
from chalicelib.identity.registry import Registry
from chalicelib.identity.store.attempts import Counter, clear, count, get_counters
from chalicelib.transaction import housekeep, settle

ACCOUNT_LIMIT = 10
NETWORK_LIMIT = 50
_IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """A guess under way: at which account, from which network."""

    account: str
    network: str


def begin_attempt(
    registry: Registry, *, username: str, user_id: str | None, address: str
) -> Attempt:
    """Count an attempt.

    An account that does not exist is counted by what was typed, so the answers are the same.

    Raises:
        Throttled: too many failed before; says how long to wait.
        Busy: too many are trying at the same moment.
    """
    account = f"user:{user_id}" if user_id else f"name:{folded(username)}"
    attempt = Attempt(account, f"network:{_network(address)}")

    def count_both() -> None:
        of_account, of_network = _counters(registry, attempt)
        if of_account.tried >= ACCOUNT_LIMIT or of_network.tried >= NETWORK_LIMIT:
            raise Throttled(max(1, of_account.ends_at - int(registry.now().timestamp())))
        changes = [count(each, each.tried + 1) for each in (of_account, of_network)]
        housekeep(registry.database, transaction_id=registry.fresh_id(), changes=changes)

    settle(count_both)
    return attempt


def forgive(registry: Registry, attempt: Attempt) -> None:
    """Take a right attempt back: the account starts anew, the network is one down, not at zero.

    When too many others count at the same moment the attempt stays counted; nobody is refused.
    """

    def take_back() -> None:
        of_account, of_network = _counters(registry, attempt)
        changes = [clear(of_account)]
        if of_network.tried:
            changes.append(count(of_network, of_network.tried - 1))
        housekeep(registry.database, transaction_id=registry.fresh_id(), changes=changes)

    try:
        settle(take_back)
    except Busy:
        return


def _counters(registry: Registry, attempt: Attempt) -> Sequence[Counter]:
    names = [attempt.account, attempt.network]
    return get_counters(registry.database, names, now=registry.now())


def _network(address: str) -> str:
    """An IPv4 address, or the /64 that an IPv6 address can roam in at will."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed.packed, _IPV6_NETWORK), strict=False))
    return str(parsed)
