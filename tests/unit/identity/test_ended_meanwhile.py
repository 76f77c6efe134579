"""Somebody was let in, and before they act their session or their standing ends."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import pytest

from chalicelib.errors import Forbidden, NotFound, Unauthenticated
from chalicelib.identity.authenticate import authenticate
from chalicelib.identity.change_password import change_password
from chalicelib.identity.create_user import NewUser, create_user
from chalicelib.identity.edit_user import Edit, edit_user
from chalicelib.identity.end_sessions import end_own_sessions, end_session
from chalicelib.identity.model import Principal
from chalicelib.identity.passwords import Vault
from chalicelib.identity.reset_password import reset_password
from chalicelib.identity.session import Session
from chalicelib.identity.store.users import user_key
from chalicelib.transaction import Update
from tests.unit.identity.conftest import HERE

NEW = "mossy lantern quarrel"


def let_in(world, password):
    return authenticate(world.registry, world.sign_in("zoe", password).cookie_value, **HERE)


def change(world, found, password, vault=None):
    return change_password(
        replace(world.registry, vault=vault or world.registry.vault),
        found.principal,
        found.session,
        present=password,
        new=NEW,
        address=HERE["address"],
    )


def ways_to_end(world, user, found, other):
    registry, admin = world.registry, world.administrator
    rev = world.user(user.id).rev
    return {
        "everywhere": lambda: end_own_sessions(registry, other.principal, other.session),
        "that one": lambda: end_session(registry, other.principal, other.session, found.session.id),
        "disabled": lambda: edit_user(registry, admin, user.id, Edit(disabled=True), rev=rev),
        "reset": lambda: reset_password(registry, admin, user.id),
    }


@pytest.mark.parametrize("way", ["everywhere", "that one", "disabled", "reset"])
def test_an_ended_session_does_not_go_on_under_a_new_secret(world, way):
    user, password = world.person("zoe")
    found, other = let_in(world, password), let_in(world, password)
    ways_to_end(world, user, found, other)[way]()
    before = dict(world.database.rows)
    with pytest.raises(Unauthenticated):
        change(world, found, password)
    sessions = {key for key in world.database.rows if key.sk.startswith("S#")}
    assert sessions == {key for key in before if key.sk.startswith("S#")}
    assert world.user(user.id).password_hash == before[user_key(user.id)]["password_hash"]


@dataclass
class Slow:
    """A vault in which something happens while a new password is hashed."""

    vault: Vault
    meanwhile: Callable[[], object]

    def fits(self, password, stored):
        return self.vault.fits(password, stored)

    def hash(self, password):
        self.meanwhile()
        return self.vault.hash(password)


@pytest.mark.parametrize("way", ["everywhere", "that one", "disabled", "reset"])
def test_a_session_that_ends_while_the_new_password_is_hashed_does_not_go_on(world, way):
    user, password = world.person("zoe")
    found, other = let_in(world, password), let_in(world, password)
    end = ways_to_end(world, user, found, other)[way]
    after = []

    def meanwhile():
        end()
        after.append(dict(world.database.rows))

    with pytest.raises(Unauthenticated):
        change(world, found, password, Slow(world.registry.vault, meanwhile))
    assert world.database.rows == after[0]


WAYS_TO_ACT = {
    "seen": lambda world, found, _: authenticate(world.registry, found.cookie, **HERE),
    "password": change,
    "its own end": lambda world, found, _: end_session(
        world.registry, found.principal, found.session, found.session.id
    ),
    "all ends": lambda world, found, _: end_own_sessions(
        world.registry, found.principal, found.session
    ),
}


@dataclass
class LetIn:
    cookie: str
    principal: Principal
    session: Session


@pytest.mark.parametrize("act", WAYS_TO_ACT.values(), ids=WAYS_TO_ACT)
@pytest.mark.parametrize("standing", [{"disabled": True}, {"era": 7}], ids=["disabled", "era"])
def test_each_sign_that_a_session_is_over_is_enough(world, act, standing):
    user, password = world.person("zoe")
    cookie = world.sign_in("zoe", password).cookie_value
    found = authenticate(world.registry, cookie, **HERE)
    world.database.commit([Update(key=user_key(user.id), values=standing)], token="over")
    before = dict(world.database.rows)
    with pytest.raises(Unauthenticated):
        act(world, LetIn(cookie, found.principal, found.session), password)
    assert world.database.rows == before


def test_who_was_disabled_is_signed_out_and_not_merely_refused(world):
    people = [world.person(name, is_administrator=True)[0] for name in ("zoe", "ann")]
    zoe, ann = map(world.acting, people)
    rev = world.user(zoe.user_id).rev
    edit_user(world.registry, ann, zoe.user_id, Edit(disabled=True), rev=rev)
    edit = Edit(is_administrator=False)
    with pytest.raises(Unauthenticated):
        edit_user(world.registry, zoe, ann.user_id, edit, rev=world.user(ann.user_id).rev)


@pytest.mark.parametrize("way", ["everywhere", "that one", "disabled", "reset"])
def test_an_ended_session_ends_no_other(world, way):
    user, password = world.person("zoe")
    found, other = let_in(world, password), let_in(world, password)
    ways_to_end(world, user, found, other)[way]()
    before = dict(world.database.rows)
    with pytest.raises(Unauthenticated):
        end_session(world.registry, found.principal, found.session, other.session.id)
    if way != "that one":
        with pytest.raises(Unauthenticated):
            end_own_sessions(world.registry, found.principal, found.session)
    assert world.database.rows == before


def test_a_session_that_is_over_is_nobodys(world):
    _, password = world.person("zoe")
    found, other = let_in(world, password), let_in(world, password)
    end_session(world.registry, found.principal, found.session, other.session.id)
    with pytest.raises(NotFound):
        end_session(world.registry, found.principal, found.session, other.session.id)


def test_who_was_removed_removes_no_other_administrator(world):
    people = [world.person(name, is_administrator=True)[0] for name in ("zoe", "ann")]
    zoe, ann = map(world.acting, people)
    edit = Edit(is_administrator=False)
    edit_user(world.registry, ann, zoe.user_id, edit, rev=world.user(zoe.user_id).rev)
    with pytest.raises(Forbidden):
        edit_user(world.registry, zoe, ann.user_id, edit, rev=world.user(ann.user_id).rev)
    assert world.user(ann.user_id).is_administrator
    new = NewUser(name="Bo", username="bo", is_administrator=True)
    with pytest.raises(Forbidden):
        create_user(world.registry, zoe, new)
