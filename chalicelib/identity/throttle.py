"""Holds guessing to a pace: so many failures per account and per network in a quarter of an hour.

An attempt is counted before the password is looked at, and taken back when it was right. So a
thousand attempts sent at once get no more answers than one after the other.
"""

import ipaddress
from dataclasses import dataclass

from chalicelib.errors import Busy, Throttled
from chalicelib.identity.names import folded
from chalicelib.identity.registry import Registry
from chalicelib.identity.store.attempts import Counter, clear, count, take_back
from chalicelib.transaction import housekeep

ACCOUNT_LIMIT = 10
NETWORK_LIMIT = 50
_IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Attempt:
    """A guess under way: at which account, from which network."""

    account: Counter
    network: Counter


def begin_attempt(
    registry: Registry, *, username: str, user_id: str | None, address: str
) -> Attempt:
    """Count an attempt.

    An account that does not exist is counted by what was typed, so the answers are the same. What
    is not looked at does not count: a network that guesses too much locks no accounts by it, and a
    locked account no network.

    Raises:
        Throttled: too many failed before; says how long to wait.
    """
    account = f"user:{user_id}" if user_id else f"name:{folded(username)}"
    network = _counted(registry, f"network:{_network(address)}", NETWORK_LIMIT)
    try:
        return Attempt(_counted(registry, account, ACCOUNT_LIMIT), network)
    except Throttled:
        take_back(registry.database, network)
        raise


def forgive(registry: Registry, attempt: Attempt) -> None:
    """Take a right attempt back: the account starts anew, the network is one down, not at zero.

    Where that fails the attempt stays counted; nobody is refused.
    """
    try:
        changes = [clear(attempt.account)]
        housekeep(registry.database, transaction_id=registry.fresh_id(), changes=changes)
        take_back(registry.database, attempt.network)
    except Busy:
        return


def _counted(registry: Registry, name: str, limit: int) -> Counter:
    now = registry.now()
    counter = count(registry.database, name, now=now)
    if counter.tried > limit:
        take_back(registry.database, counter)
        raise Throttled(max(1, counter.ends_at - int(now.timestamp())))
    return counter


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
