"""What identity reads: cookies, names, addresses, passwords, positions in lists."""

import ipaddress
from typing import Any

from hypothesis import strategies as st

from chalicelib.errors import Invalid, Unauthenticated
from chalicelib.identity import names, passwords
from chalicelib.identity.session import Credential
from chalicelib.identity.store.positions import read_cursor, write_cursor
from chalicelib.identity.throttle import _network
from tests.faults.input import weird
from tests.faults.input.parser import Parser

_COOKIE = f"01j9zq6n5v.{'A' * 43}"
_COMMON = ("password1234", "qwertyuiop12")


def _cursor(rest: str) -> str:
    return str(write_cursor({"sk": f"anna{rest}#1"}, "sk"))


def _email_holds(_typed: str, email: str | None) -> None:
    if email is not None:
        local, _, domain = email.rpartition("@")
        assert local
        assert domain
        assert "@" not in local
        assert len(email.encode()) <= names.MAX_EMAIL
        assert not set(" \r\n\x00<>,;") & set(email), "no header can be made of an address"
        assert names.clean_email(email) == email


def _username_holds(_typed: str, username: str) -> None:
    assert 1 <= len(username) <= names.MAX_USERNAME
    assert not set(" \r\n\x00/<>\u202e") & set(username)
    assert names.clean_username(username) == username
    username.encode()


def _name_holds(_typed: str, name: str) -> None:
    assert 1 <= len(name) <= names.MAX_NAME
    assert not set("\r\n\x00\u202e\ud800") & set(name)
    assert names.clean_name(name) == name


def _network_holds(address: str, network: str) -> None:
    try:
        there = ipaddress.ip_address(address)
    except ValueError:
        assert network == address
    else:
        assert there in ipaddress.ip_network(network) or there.ipv4_mapped is not None  # type: ignore[union-attr]


def _check(password: str) -> Any:
    passwords.check_allowed(password, personal=("anna", "anna@example.com", "Anna"), field="new")
    return passwords.Vault(memory_kib=8, rounds=1).hash(password)


def _password_holds(password: str, kept: str) -> None:
    assert password not in _COMMON
    assert password not in kept
    assert passwords.Vault(memory_kib=8, rounds=1).fits(password, kept)


PARSERS = (
    Parser(
        name="session cookie",
        reads=("chalicelib.identity.session:Credential.read",),
        call=Credential.read,
        cases=weird.text(st.just(_COOKIE)),
        refuses=(Unauthenticated,),
        holds=lambda text, credential: _same(credential.cookie_value, text),
        valid=(_COOKIE,),
    ),
    Parser(
        name="name of a person or group",
        reads=("chalicelib.identity.names:clean_name",),
        call=names.clean_name,
        cases=weird.text(st.sampled_from(("Anna Zoë", "Team", "李", "a" * 200))),
        refuses=(Invalid,),
        holds=_name_holds,
        valid=("Anna Zoë",),
    ),
    Parser(
        name="sign-in name",
        reads=("chalicelib.identity.names:clean_username",),
        call=names.clean_username,
        cases=weird.text(st.sampled_from(("anna", "anna.zoë+1@example.com", "o'neil"))),
        refuses=(Invalid,),
        holds=_username_holds,
        valid=("anna", "o'neil"),
    ),
    Parser(
        name="mail address",
        reads=("chalicelib.identity.names:clean_email",),
        call=names.clean_email,
        cases=weird.text(st.sampled_from(("anna@example.com", "a+b@ex.example", "ü@ü.example"))),
        refuses=(Invalid,),
        holds=_email_holds,
        valid=("anna@example.com", ""),
    ),
    Parser(
        name="password",
        reads=(
            "chalicelib.identity.passwords:check_allowed",
            "chalicelib.identity.passwords:Vault.hash",
        ),
        call=_check,
        cases=weird.text(st.sampled_from(("seven brittle umbrellas", "annaannaanna", *_COMMON))),
        refuses=(Invalid,),
        holds=_password_holds,
        valid=("seven brittle umbrellas", "ﬃ tünnel Ökonomie 7"),
    ),
    Parser(
        name="position in a list of people",
        reads=("chalicelib.identity.store.positions:read_cursor",),
        call=lambda cursor: read_cursor(cursor, prefix="anna"),
        cases=weird.text(st.text(max_size=20).map(_cursor)),
        refuses=(Invalid,),
        holds=lambda _case, key: _same(key[:4], "anna"),
        valid=(_cursor(""), _cursor("ä" * 60)),
    ),
    Parser(
        name="network of an address",
        reads=("chalicelib.identity.throttle:_network",),
        call=_network,
        cases=weird.text(
            st.sampled_from(("192.0.2.7", "2001:db8::1", "::ffff:192.0.2.7", "fe80::1%eth0"))
        ),
        holds=_network_holds,
        valid=("192.0.2.7", "2001:db8::1"),
    ),
)


def _same(one: object, other: object) -> None:
    assert one == other
