"""Tampering with the vault itself, as if Object Lock had been overcome: each forgery is found."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit.anchor_model import Anchor
from chalicelib.audit.check import Flaw, Problem
from chalicelib.audit.model import shard
from tests.fakes.signer import FakeSigner
from tests.support.forging import EVIDENCE, WRITTEN, forged, forgery

THROUGH = EVIDENCE.anchors[0].statement.through.period


def _needed(name: str) -> bool:
    """Whether verifying document one reads the file."""
    names = {shard(chain, digits=n) for chain in ("D#one", "R#one") for n in (1, 2)}
    _, kind, folder, *rest = name.split("/")
    period = rest[0].removesuffix(".json")
    current = (
        period == EVIDENCE.anchors[0].statement.period if kind == "nightly" else (period > THROUGH)
    )
    return current and (folder == "manifests" or rest[1].partition("-")[0] in names)


NEEDED = sorted(filter(_needed, WRITTEN.vault.files))


def _anchor(name: str) -> str:
    _, kind, _, period = name.split("/")[:4]
    return f"anchor:{kind}:{period.removesuffix('.json')}"


@forgery
@given(name=st.sampled_from(NEEDED), place=st.integers(0), byte=st.integers(0, 255))
def test_a_changed_byte_of_an_anchor_is_found(name, place, byte):
    world = forged()
    content = bytearray(world.vault.files[name])
    if not content or content[place % len(content)] == byte:
        return
    content[place % len(content)] = byte
    world.vault.files[name] = bytes(content)
    assert _anchor(name) in {problem.chain for problem in world.verify().problems}


@forgery
@given(name=st.sampled_from(NEEDED), cut=st.integers(0))
def test_a_shortened_anchor_is_found(name, cut):
    world = forged()
    content = world.vault.files[name]
    world.vault.files[name] = content[: cut % len(content)] if content else b"{}"
    if world.vault.files[name] + b"\n" == content:
        return  # only the last line's end
    assert _anchor(name) in {problem.chain for problem in world.verify().problems}


@forgery
@given(pair=st.sets(st.sampled_from(NEEDED), min_size=2, max_size=2))
def test_two_anchors_files_exchanged_are_found(pair):
    world = forged()
    one, other = sorted(pair)
    files = world.vault.files
    if files[one] == files[other]:
        return
    files[one], files[other] = files[other], files[one]
    assert {_anchor(one), _anchor(other)} <= {problem.chain for problem in world.verify().problems}


@forgery
@given(data=st.data())
def test_a_missing_anchor_is_found(data):
    world = forged()
    hourly = [name for name in NEEDED if "hourly/manifests" in name]
    name = data.draw(st.sampled_from(hourly[:-1]))  # the newest is simply not there yet
    del world.vault.files[name]
    expected = Problem(_anchor(name), None, Flaw.ANCHOR_MISSING)
    assert expected in world.verify().problems


@forgery
@given(data=st.data())
def test_an_anchor_signed_by_somebody_else_is_found(data):
    world = forged()
    name = data.draw(st.sampled_from([name for name in NEEDED if "manifests" in name]))
    anchor = Anchor.read(world.vault.files[name])
    statement = replace(anchor.statement, made_at="2031-05-30T00:00:00.000000Z")
    signature = FakeSigner(b"another key").sign(statement.text.encode())
    world.vault.files[name] = replace(anchor, statement=statement, signature=signature).manifest
    assert Problem(_anchor(name), None, Flaw.ANCHOR_UNSIGNED) in world.verify().problems
