import unicodedata

import pytest

from chalicelib.errors import Invalid
from chalicelib.identity.names import (
    clean_email,
    clean_name,
    clean_username,
    folded,
    prefix_key,
    sort_key,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Straße", "STRASSE"), ("Zoe\u0308", "zo\u00eb"), ("ΣΊΣΥΦΟΣ", "σίσυφος")],
)
def test_case_and_composition_do_not_tell_names_apart(one, other):
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    "name", ["o'neil", "Łukasz.Żak", "user@example.com", "7of9", "田中", "a+b"]
)
def test_user_names_of_many_scripts_are_kept_as_typed(name):
    assert clean_username(f" {name} ") == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "  ",
        "-dash",
        "two words",
        "a/b",
        "nul\0",
        "a#b",
        "x" * 129,
        "\ud800",
        "a\u202eb",
        "*",
        "😀",
    ],
)
def test_user_names_that_cannot_be_are_refused(name):
    with pytest.raises(Invalid):
        clean_username(name)


@pytest.mark.parametrize("name", ["", "\n", "a\nb", "a\u202eb", "\ud800", "x" * 201, "a\u2028b"])
def test_names_that_cannot_be_shown_are_refused(name):
    with pytest.raises(Invalid):
        clean_name(name)


@pytest.mark.parametrize("email", ["a@b", "first.last+tag@mail.example.com", "ü@example.com"])
def test_addresses(email):
    assert clean_email(f" {email}") == email


def test_no_address():
    assert clean_email(None) is clean_email("  ") is None


@pytest.mark.parametrize(
    "email",
    [
        "a",
        "a@",
        "@b",
        "a@b@c",
        "a b@c",
        "a@b\nBcc: x@y",
        "a@.b",
        "a@b..c",
        "<a@b>",
        "x" * 250 + "@y.zz",
        "x@" + "y" * 250 + ".zz",
        "x\u202ey@example.com",
        "x\x01y@example.com",
    ],
)
def test_addresses_that_cannot_be_are_refused(email):
    with pytest.raises(Invalid):
        clean_email(email)


def test_a_sort_key_begins_with_the_prefix_key_of_each_beginning_of_the_name():
    name = "Ångström " * 20
    for length in range(1, len(name)):
        assert sort_key(name, "id").startswith(prefix_key(name[:length].rstrip() or "Å"))
