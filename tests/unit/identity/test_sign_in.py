import dataclasses
import threading
import time

import pytest

from chalicelib.errors import Busy, SignInRefused, Throttled, Unauthenticated
from chalicelib.identity.authenticate import authenticate
from chalicelib.identity.edit_user import Edit, edit_user
from chalicelib.identity.end_sessions import end_session
from chalicelib.identity.passwords import Vault
from chalicelib.identity.sign_in import sign_in
from chalicelib.transaction import Table
from tests.unit.identity.conftest import ADMIN_PASSWORD, HERE


def test_a_session_starts_with_its_context_and_its_entry(world):
    started = world.sign_in("ADMIN", ADMIN_PASSWORD)
    entry = world.last_told()
    assert entry["action"] == "session_started"
    assert entry["actor"] == world.administrator.user_id
    assert entry["details"] == {"session_id": started.session.id}
    row = next(row for key, row in world.database.rows.items() if key.pk.startswith("CTX#"))
    assert (row["name"], row["address"], row["agent"]) == ("Administrator", *HERE.values())
    assert row["txn"] == entry["txn"]
    assert entry["context_digest"] == started.session.whereabouts[0].context.digest


def test_the_secret_is_stored_nowhere(world):
    secret = world.sign_in("admin", ADMIN_PASSWORD).cookie_value.partition(".")[2]
    assert len(secret) == 43
    assert secret not in str(world.database.rows)


def test_each_sign_in_has_a_secret_of_its_own(world):
    first, second = (world.sign_in("admin", ADMIN_PASSWORD) for _ in range(2))
    assert first.cookie_value != second.cookie_value
    assert first.session.id != second.session.id


def test_one_signs_in_by_mail_address_too(world):
    user, password = world.person("zoe", email="Zoë@Example.com")
    assert world.sign_in("zoe\u0308@example.COM", password).session.user_id == user.id


@pytest.mark.parametrize(
    "username", ["nobody", "", "x" * 10_000, "\ud800", "a\0b", "*", "U#1", " ", "admin\n"]
)
def test_no_answer_tells_whether_there_is_such_an_account(world, username):
    with pytest.raises(SignInRefused) as unknown:
        world.sign_in(username, "mossy lantern quarrel")
    with pytest.raises(SignInRefused) as known:
        world.sign_in("admin", "mossy lantern quarrel")
    assert str(unknown.value) == str(known.value)


def test_an_unknown_account_costs_the_same_reads_and_work(world):
    counts = []
    for username in ("admin", "nobody"):
        world.database.calls.clear()
        with pytest.raises(SignInRefused):
            world.sign_in(username, "wrong")
        counts.append(list(world.database.calls))
    assert counts[0] == counts[1]


def test_a_disabled_person_gets_the_same_answer(world):
    user, password = world.person("zoe")
    edit_user(world.registry, world.administrator, user.id, Edit(disabled=True), rev=1)
    with pytest.raises(SignInRefused):
        world.sign_in("zoe", password)


def test_a_one_time_password_lapses_after_a_week(world):
    _, password = world.person("zoe")
    world.pass_time(days=6, hours=23)
    world.sign_in("zoe", password)
    world.pass_time(hours=1)
    with pytest.raises(SignInRefused):
        world.sign_in("zoe", password)


def test_the_first_administrators_password_does_not_lapse(world):
    world.pass_time(days=4000)
    assert world.sign_in("admin", ADMIN_PASSWORD)


def test_the_eleventh_guess_at_an_account_is_not_looked_at(world):
    _, password = world.person("zoe")
    for _ in range(10):
        with pytest.raises(SignInRefused):
            world.sign_in("zoe", "wrong")
    with pytest.raises(Throttled) as throttled:
        world.sign_in("ZOE", password)
    assert 0 < throttled.value.facts["retry_after"] <= 900
    assert world.sign_in("admin", ADMIN_PASSWORD)
    world.pass_time(minutes=15)
    assert world.sign_in("zoe", password)


def test_name_and_address_of_one_person_share_their_guesses(world):
    world.person("zoe", email="zoe@example.com")
    for number in range(10):
        with pytest.raises(SignInRefused):
            world.sign_in(("zoe", "zoe@example.com")[number % 2], "wrong")
    with pytest.raises(Throttled):
        world.sign_in("zoe@example.com", "wrong")


def test_accounts_that_do_not_exist_are_throttled_alike(world):
    for _ in range(10):
        with pytest.raises(SignInRefused):
            world.sign_in("nobody", "wrong")
    with pytest.raises(Throttled):
        world.sign_in("Nobody", "wrong")


def test_a_network_has_fifty_guesses_whatever_the_accounts(world):
    for number in range(50):
        with pytest.raises(SignInRefused):
            world.sign_in(f"name{number}", "wrong", address=f"2001:db8:1:2::{number:x}")
    with pytest.raises(Throttled):
        world.sign_in("admin", ADMIN_PASSWORD, address="2001:db8:1:2:ffff::1")
    assert world.sign_in("admin", ADMIN_PASSWORD, address="2001:db8:1:3::1")


def test_a_success_frees_the_account_but_not_the_network(world):
    for number in range(40):
        with pytest.raises(SignInRefused):
            world.sign_in(f"name{number}", "wrong")
    for _ in range(9):
        with pytest.raises(SignInRefused):
            world.sign_in("admin", "wrong")
    world.sign_in("admin", ADMIN_PASSWORD)
    with pytest.raises(SignInRefused):
        world.sign_in("admin", "wrong")
    with pytest.raises(Throttled):
        world.sign_in("name99", "wrong")


def test_right_attempts_use_nothing_up(world):
    for _ in range(60):
        world.sign_in("admin", ADMIN_PASSWORD)


def test_an_old_hash_is_renewed_at_sign_in(world):
    registry = dataclasses.replace(world.registry, vault=Vault(memory_kib=16, rounds=1))
    sign_in(registry, username="admin", password=ADMIN_PASSWORD, **HERE)
    stored = world.user(world.administrator.user_id).password_hash
    assert "m=16," in stored
    assert registry.vault.fits(ADMIN_PASSWORD, stored)


def seen(world, cookie_value, **where):
    return authenticate(world.registry, cookie_value, **{**HERE, **where})


def test_a_cookie_tells_who_it_is_in_one_read(world):
    started = world.sign_in("admin", ADMIN_PASSWORD)
    world.database.calls.clear()
    found = seen(world, started.cookie_value)
    assert world.database.calls == ["get_many"]
    assert found.principal.user_id == world.administrator.user_id
    assert found.principal.is_administrator
    assert found.principal.context == started.session.whereabouts[0].context
    assert found.session == started.session
    assert found.epoch == 0


@pytest.mark.parametrize(
    "value", ["", ".", "a.b", "x" * 5000, "U#1." + "a" * 43, "1." + "a" * 42, "é." + "a" * 43]
)
def test_what_is_no_cookie_of_ours_costs_no_read(world, value):
    world.database.calls.clear()
    with pytest.raises(Unauthenticated):
        seen(world, value)
    assert world.database.calls == []


def test_a_guessed_secret_or_anothers_name_opens_nothing(world):
    user, _ = world.person("zoe")
    user_id, _, secret = world.sign_in("admin", ADMIN_PASSWORD).cookie_value.partition(".")
    for value in (f"{user_id}.{'A' * 43}", f"{user.id}.{secret}"):
        with pytest.raises(Unauthenticated):
            seen(world, value)


def test_an_idle_session_ends_after_an_hour_and_use_prolongs_it(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    for _ in range(5):
        world.pass_time(minutes=50)
        seen(world, value)
    world.pass_time(minutes=60)
    with pytest.raises(Unauthenticated):
        seen(world, value)


def test_no_session_lives_longer_than_twelve_hours(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    for _ in range(23):
        world.pass_time(minutes=30)
        found = seen(world, value)
    assert found.session.expires_at == found.session.ends_at
    world.pass_time(minutes=30)
    with pytest.raises(Unauthenticated):
        seen(world, value)


def test_the_row_says_when_it_may_be_deleted(world):
    started = world.sign_in("admin", ADMIN_PASSWORD)
    row = next(row for key, row in world.database.rows.items() if key.sk.startswith("S#"))
    assert row["expires"] == int(started.session.expires_at.timestamp())


def test_use_is_written_down_every_five_minutes_at_most(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    world.pass_time(minutes=4)
    world.database.calls.clear()
    seen(world, value)
    assert world.database.calls == ["get_many"]
    world.pass_time(minutes=1)
    seen(world, value)
    seen(world, value)
    assert world.database.calls == ["get_many", "get_many", "write", "get_many"]


def test_a_refresh_does_not_bring_an_ended_session_back(world):
    started = world.sign_in("admin", ADMIN_PASSWORD)
    world.pass_time(minutes=5)

    def end_meanwhile(operation):
        if operation == "write":
            for key in [key for key in world.database.rows if key.sk.startswith("S#")]:
                del world.database.rows[key]

    world.database.before = end_meanwhile
    seen(world, started.cookie_value)
    assert not any(key.sk.startswith("S#") for key in world.database.rows)


def contexts(world):
    return [key for key in world.database.rows if key.table is Table.AUDIT and key.sk == "CTX"]


def test_another_address_or_agent_makes_another_context_once(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    first = seen(world, value).principal.context
    moved = seen(world, value, address="198.51.100.9").principal.context
    assert moved != first
    assert seen(world, value, address="198.51.100.9").principal.context == moved
    assert seen(world, value).principal.context == first
    assert seen(world, value, agent="curl").principal.context not in (first, moved)
    assert len(contexts(world)) == 3


def test_whereabouts_are_kept_within_bounds(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    for number in range(20):
        found = seen(world, value, address=f"198.51.100.{number}")
    assert len(found.session.whereabouts) == 8
    assert found.session.whereabouts[0].address == "198.51.100.19"


def test_two_requests_from_a_new_place_at_once_share_one_context(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    other = []

    def be_overtaken(operation):
        if operation == "commit" and not other:
            other.append(None)
            other[0] = seen(world, value, address="198.51.100.9")

    world.database.before = be_overtaken
    found = seen(world, value, address="198.51.100.9")
    assert found.principal.context == other[0].principal.context


def test_agents_of_any_bytes_are_accepted(world):
    agent = "\ud800" * 5000
    started = world.sign_in("admin", ADMIN_PASSWORD, agent=agent)
    found = seen(world, started.cookie_value, agent=agent)
    assert len(found.session.whereabouts) == 1
    str(world.database.rows).encode()


def test_guesses_in_parallel_get_no_more_answers(world):
    world.person("zoe")
    outcomes = []

    def guess():
        try:
            world.sign_in("zoe", "wrong")
        except (SignInRefused, Throttled) as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=guess) for _ in range(30)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes.count(SignInRefused) == 10
    assert outcomes.count(Throttled) == 20
    assert time.perf_counter() - started < 20


def tried(world):
    rows = world.database.rows
    return sorted(row["tried"] for key, row in rows.items() if key.pk.startswith("TRY#"))


def test_what_is_not_looked_at_is_not_counted(world):
    """A locked account locks no network, and a throttled network no accounts."""
    for _ in range(15):
        with pytest.raises((SignInRefused, Throttled)):
            world.sign_in("nobody", "wrong")
    assert tried(world) == [10, 10]
    for number in range(45):
        with pytest.raises((SignInRefused, Throttled)):
            world.sign_in(f"name{number}", "wrong")
    assert tried(world)[-2:] == [10, 50]
    assert sum(tried(world)[:-1]) == 50


def test_a_right_attempt_leaves_the_network_as_it_was(world):
    with pytest.raises(SignInRefused):
        world.sign_in("nobody", "wrong")
    world.sign_in("admin", ADMIN_PASSWORD)
    assert tried(world) == [1, 1]


def test_nobody_is_refused_because_an_attempt_could_not_be_taken_back(world):
    def busy(operation):
        if operation == "write":
            raise Busy

    world.database.before = busy
    assert world.sign_in("admin", ADMIN_PASSWORD)


def test_a_new_place_is_noted_though_another_was_noted_meanwhile(world):
    value = world.sign_in("admin", ADMIN_PASSWORD).cookie_value
    overtaken = []

    def be_overtaken(operation):
        if operation == "commit" and not overtaken:
            overtaken.append(operation)
            seen(world, value, address="198.51.100.1")

    world.database.before = be_overtaken
    found = seen(world, value, address="198.51.100.9")
    assert [each.address for each in found.session.whereabouts][:2] == [
        "198.51.100.9",
        "198.51.100.1",
    ]
    assert found.principal.context == found.session.whereabouts[0].context


def test_a_session_that_ends_while_a_new_place_is_noted_is_over(world):
    started = world.sign_in("admin", ADMIN_PASSWORD)
    principal = seen(world, started.cookie_value).principal
    ended = []

    def end(operation):
        if operation == "commit" and not ended:
            ended.append(operation)
            session = started.session
            end_session(world.registry, principal, session, session.id)

    world.database.before = end
    with pytest.raises(Unauthenticated):
        seen(world, started.cookie_value, address="198.51.100.9")
