import time

import pytest
from argon2 import PasswordHasher, extract_parameters

from chalicelib.errors import Invalid
from chalicelib.identity.commonness import is_common
from chalicelib.identity.passwords import Vault, check_allowed, encode, one_time_password

VAULT = Vault(memory_kib=8, rounds=1)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "passwordpassword",
        "P@ssw0rd2024!",
        "Welcome123456",
        "qwertyuiop12",
        "1qaz2wsx3edc4rfv",
        "123456789012",
        "abcdefghijkl",
        "aaaaaaaaaaaa",
        "abcabcabcabc",
        "iloveyou1234567",
        "letmeinletmein",
        "Summer2024!!",
        "adminadmin123",
        "trustno1trustno1",
        "qwerty123456",
        "asdfghjkl123",
        "papertrail2031",
        "01012000010120",
        "a b c d e f g h i j k l",
    ],
)
def test_what_guessers_try_first_is_common(password):
    assert is_common(password)


@pytest.mark.parametrize(
    "password",
    [
        "mossy lantern quarrel",
        "kb7w-xq2m4-ptz9d",
        "Der Igel isst um vier",
        "今日は天気がとてもいいですね",
        "tr0ub4dor&3xyzzy",
        "correct horse battery staple",
        "§$%&/()=?+*#~",
    ],
)
def test_what_takes_long_to_guess_is_not_common(password):
    assert not is_common(password)


@pytest.mark.parametrize(
    "password",
    ["kq7zw9kq7zw9", "passwordwelcomepasswordwelcome", "xxxqqqzzzjjjvvv", "aaaaaaaaaaab"],
)
def test_one_sign_of_being_common_is_enough(password):
    assert is_common(password)


def test_judging_the_longest_password_takes_no_time():
    started = time.perf_counter()
    for text in ("qwertyuiop" * 102, "abc" * 340 + "x", "password" * 128, "1qaz2wsx" * 128):
        is_common(text)
    assert time.perf_counter() - started < 20  # a hang, not a race with a busy machine


def check(password: str) -> None:
    personal = ("jsmith", "john.smith@example.com", "John Smith")
    check_allowed(password, personal=personal, field="new_password")


@pytest.mark.parametrize(
    "password",
    [
        "elevenchars",
        "",
        "password1234",
        "JohnSmith1990",
        "jsmith-jsmith-jsmith",
        "john.smith@example.com",
        "x" * 1025,
        "mossy lantern \ud800",
        "smithjohnsmith",
    ],
)
def test_refused(password):
    with pytest.raises(Invalid) as refused:
        check(password)
    assert refused.value.facts["errors"][0]["field"] == "new_password"


@pytest.mark.parametrize("password", ["mossy lantern", "mossy lantern " * 73, "пароль для вас"])
def test_any_long_uncommon_text_is_allowed(password):
    check(password)


def test_a_password_fits_however_the_keyboard_composes_it():
    stored = VAULT.hash("Zo\u00eb's caf\u00e9 \ufb01ve")
    assert VAULT.fits("Zoe\u0308's cafe\u0301 five", stored)
    assert not VAULT.fits("Zoe's cafe five", stored)


def test_nothing_fits_where_nothing_is_stored():
    assert not VAULT.fits("", None)
    assert not VAULT.fits("\ud800", VAULT.hash(""))
    assert not VAULT.fits("x", "not a hash")


def test_an_unknown_person_costs_as_much_as_a_wrong_password(monkeypatch):
    # The work is what argon2 is asked to do: how often, and at which costs. Times would only guess.
    vault, asked = Vault(), []
    verify = PasswordHasher.verify

    def counted(self, hash_, password):
        asked.append(extract_parameters(hash_))
        return verify(self, hash_, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    stored = vault.hash("mossy lantern quarrel")
    assert not vault.fits("wrong", stored)
    assert not vault.fits("wrong", None)
    known, unknown = asked
    assert (known.memory_cost, known.time_cost) == (19_456, 2)
    assert unknown == known


def test_hashes_of_other_costs_are_outdated():
    assert Vault(memory_kib=16, rounds=1).is_outdated(VAULT.hash("x"))
    assert not VAULT.is_outdated(VAULT.hash("x"))


def test_the_costs_are_those_that_were_decided():
    assert Vault().hash("x").startswith("$argon2id$v=19$m=19456,t=2,p=1$")


def test_one_time_passwords_can_be_read_aloud_and_pass_the_rules():
    password = one_time_password("secret")
    assert len(password) == 23
    check(password)
    assert password != one_time_password("other")


def test_bytes_are_counted_not_characters():
    assert encode("ü" * 512) is not None
    assert encode("ü" * 513) is None


@pytest.mark.parametrize("password", ["x" * 1025, "\ud800"])
def test_what_is_no_password_is_not_hashed(password):
    with pytest.raises(Invalid):
        VAULT.hash(password)
