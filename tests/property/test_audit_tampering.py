"""Thousands of forgeries: each is found at the very place.

docs/decisions/0020-provable-audit.md promises when.
"""

import copy

from hypothesis import given
from hypothesis import strategies as st

from chalicelib.audit import store
from chalicelib.audit.check import Flaw, Problem
from chalicelib.audit.evidence import Evidence
from chalicelib.audit.mapping import read_entry
from chalicelib.audit.model import Head, append
from chalicelib.transaction import Key, Table
from tests.support.audited import Audited
from tests.support.forging import (
    ANCHORED,
    DOCUMENTS,
    EVIDENCE,
    LENGTH,
    WRITTEN,
    alter,
    exchange,
    forged,
    forgery,
    rehashed,
)

CLAIMED = {chain: sorted(EVIDENCE.claims(chain)) for chain in ("D#one", "R#one")}

chains = st.sampled_from(("D#one", "R#one"))
seqs = st.integers(1, LENGTH)


def verified(world: Audited, document="one"):
    """Anchors are read once: these forgeries leave them alone."""
    evidence = Evidence(EVIDENCE.archive, EVIDENCE.anchors, [], EVIDENCE._files)
    return world.verify(document, evidence=evidence)


def places(verification):
    return {(problem.chain, problem.seq) for problem in verification.problems}


def stored(world: Audited, chain: str, seq: int):
    return world.database.rows[world.row(chain, seq)]


def test_what_was_written_is_valid():
    for document in DOCUMENTS:
        verification = WRITTEN.verify(document)
        assert verification.valid, verification.explanation
        assert (verification.entries, verification.reads) == (LENGTH, LENGTH)
        assert verification.proven_until.seq == verification.reads_proven_until.seq == ANCHORED


@forgery
@given(chain=chains, seq=seqs, data=st.data())
def test_a_changed_field_is_found_in_its_entry(chain, seq, data):
    world = forged()
    key = world.row(chain, seq)
    row = world.database.rows[key]
    name = data.draw(st.sampled_from(sorted(set(row) - {"pk", "sk"})))
    value = data.draw(st.sampled_from([alter(row[name]), None, [], "", 0, True]))
    if value == row[name] or (name == "txn" and value is None):
        return
    world.database.rows[key] = {n: v for n, v in {**row, name: value}.items() if v is not None}
    assert (chain, seq) in places(verified(world))


@forgery
@given(chain=chains, seq=seqs, data=st.data())
def test_a_change_deep_in_the_details_is_found(chain, seq, data):
    world = forged()
    row = copy.deepcopy(stored(world, chain, seq))
    name = data.draw(st.sampled_from(sorted(row["details"])))
    row["details"][name] = alter(row["details"][name])
    world.database.rows[world.row(chain, seq)] = row
    assert verified(world).problems[0] == Problem(chain, seq, Flaw.CHANGED)


@forgery
@given(chain=chains, seq=seqs, name=st.text("abcdefgh", min_size=1))
def test_an_added_attribute_is_found(chain, seq, name):
    world = forged()
    key = world.row(chain, seq)
    world.database.rows[key] = {**world.database.rows[key], f"x{name}": "1"}
    assert verified(world).problems[0] == Problem(chain, seq, Flaw.CHANGED)


@forgery
@given(chain=chains, seq=seqs, data=st.data())
def test_a_changed_and_rehashed_entry_is_found_where_its_link_breaks(chain, seq, data):
    world = forged()
    row = stored(world, chain, seq)
    entry = read_entry(row)
    name = data.draw(st.sampled_from(("actor", "at", "subject", "transaction_id")))
    changed = append(
        Head(seq - 1, entry.previous),
        **{
            "chain": chain,
            "at": entry.at,
            "actor": entry.actor,
            "action": entry.action,
            "subject": entry.subject,
            "details": entry.details,
            "context": entry.context,
            "transaction_id": entry.transaction_id,
        }
        | {name: alter(getattr(entry, name))},
    )
    put = store.entry_put(changed)
    world.database.rows[put.key] = {"pk": chain, "sk": put.key.sk} | {
        n: v for n, v in put.row.items() if v is not None
    }
    found = verified(world)
    if seq < LENGTH:
        assert Problem(chain, seq + 1, Flaw.UNLINKED) in found.problems
    elif chain == "D#one":
        assert found.problems == [Problem(chain, seq, Flaw.REPLACED)]
    else:  # the last reading, which nothing has recorded yet
        assert found.valid
        assert found.reads_proven_until.seq < seq


@forgery
@given(chain=chains, dropped=st.sets(seqs, min_size=1, max_size=4))
def test_dropped_entries_are_found_where_they_were(chain, dropped):
    world = forged()
    for seq in dropped:
        del world.database.rows[world.row(chain, seq)]
    found = verified(world)
    kept = set(range(1, LENGTH + 1)) - dropped
    inside = {seq for seq in dropped if seq < max(kept) and seq - 1 not in dropped}
    expected = {Problem(chain, seq, Flaw.MISSING) for seq in inside}
    if max(kept) < (LENGTH if chain == "D#one" else ANCHORED):
        expected.add(Problem(chain, max(kept) + 1, Flaw.TRUNCATED))
    assert set(found.problems) == expected


@forgery
@given(chain=chains, seq=seqs, suffix=st.sampled_from(("x", "-", "0", "²")))
def test_a_row_between_two_entries_is_found(chain, seq, suffix):
    world = forged()
    row = stored(world, chain, seq)
    key = Key(Table.AUDIT, chain, row["sk"] + suffix)
    world.database.rows[key] = {**row, "sk": key.sk}
    assert Problem(chain, seq + 1, Flaw.MISPLACED) in verified(world).problems


@forgery
@given(chain=chains, seq=seqs, document=st.sampled_from(DOCUMENTS[1:]))
def test_an_inserted_entry_is_found_even_if_all_behind_it_is_hashed_anew(chain, seq, document):
    world = forged()
    rows = [stored(world, chain, number) for number in range(seq, LENGTH + 1)]
    foreign = stored(world, f"{chain[:2]}{document}", seq)
    rehashed(world, chain, [{**foreign, "subject": "document:one"}, *rows], after=seq - 1)
    found = verified(world)
    first = next((number for number in CLAIMED[chain] if number >= seq), None)
    if first is None:  # not anchored yet: everything that records it was forged with it
        assert found.valid
    else:
        assert found.problems[0] == Problem(chain, first, Flaw.REPLACED)
        assert _reaches(found, chain) < seq


@forgery
@given(chain=chains, pair=st.sets(seqs, min_size=2, max_size=2))
def test_two_entries_in_each_others_place_are_found(chain, pair):
    world = forged()
    one, other = sorted(pair)
    exchange(world, world.row(chain, one), world.row(chain, other))
    assert {(chain, one), (chain, other)} <= places(verified(world))


@forgery
@given(
    chain=chains,
    seq=seqs,
    other=seqs,
    document=st.sampled_from(DOCUMENTS[1:]),
    kind=st.sampled_from(("D#", "R#")),
)
def test_an_entry_of_another_document_is_found(chain, seq, other, document, kind):
    world = forged()
    exchange(world, world.row(chain, seq), world.row(kind + document, other))
    assert Problem(chain, seq, Flaw.MISPLACED) in verified(world).problems
    assert Problem(kind + document, other, Flaw.MISPLACED) in verified(world, document).problems


@forgery
@given(document=st.sampled_from(DOCUMENTS[1:]), kind=st.sampled_from(("D#", "R#")))
def test_two_whole_chains_exchanged_are_found(document, kind):
    world = forged()
    for seq in range(1, LENGTH + 1):
        exchange(world, world.row(f"{kind}one", seq), world.row(kind + document, seq))
    assert Problem(f"{kind}one", 1, Flaw.MISPLACED) in verified(world).problems


@forgery
@given(chain=chains, seq=seqs)
def test_a_truncated_tail_is_found_by_the_documents_own_head(chain, seq):
    world = forged()
    for number in range(seq, LENGTH + 1):
        del world.database.rows[world.row(chain, number)]
    found = verified(world)
    if chain == "D#one" or seq <= ANCHORED:
        assert found.problems == [Problem(chain, seq, Flaw.TRUNCATED)]
    else:
        assert found.valid
        assert found.reads_proven_until.seq == ANCHORED


@forgery
@given(chain=chains, seq=seqs)
def test_a_truncated_tail_is_found_once_anchored_even_if_the_document_was_changed_too(chain, seq):
    world = forged()
    rehashed(world, chain, [], after=seq - 1)
    found = verified(world)
    if seq <= ANCHORED:
        assert found.problems == [Problem(chain, seq, Flaw.TRUNCATED)]
        assert _reaches(found, chain) < seq
    else:
        assert found.valid


@forgery
@given(chain=chains, seq=seqs, data=st.data())
def test_a_chain_replaced_with_true_hashes_is_found_once_anchored(chain, seq, data):
    world = forged()
    rows = [stored(world, chain, number) for number in range(seq, LENGTH + 1)]
    rows[0] = {**rows[0], "actor": data.draw(st.text("abc", min_size=1))}
    rehashed(world, chain, rows, after=seq - 1)
    found = verified(world)
    claimed = [number for number in CLAIMED[chain] if number >= seq]
    assert found.problems == [Problem(chain, number, Flaw.REPLACED) for number in claimed]
    assert _reaches(found, chain) < seq
    assert found.valid == (seq > ANCHORED)


@forgery
@given(
    who=st.sampled_from(("Ada", "Bo", "Cy")),
    name=st.sampled_from(("name", "address", "agent", "salt")),
    value=st.text(),
)
def test_changed_personal_fields_are_found_in_every_entry_that_refers_to_them(who, name, value):
    world = forged()
    key = Key(Table.AUDIT, f"CTX#context-{who}", "CTX")
    row = world.database.rows[key]
    if value == row[name]:
        return
    world.database.rows[key] = {**row, name: value}
    found = verified(world)
    expected = {
        (row["chain"], row["seq"])
        for row in world.database.rows.values()
        if row.get("context_id") == f"context-{who}" and row["subject"] == "document:one"
    }
    assert expected
    assert places(found) == expected
    assert {problem.problem for problem in found.problems} == {Flaw.CONTEXT_CHANGED}


@given(who=st.sets(st.sampled_from(("Ada", "Bo", "Cy")), min_size=1))
@forgery
def test_erased_personal_fields_break_nothing(who):
    world = forged()
    for name in who:
        del world.database.rows[Key(Table.AUDIT, f"CTX#context-{name}", "CTX")]
    found = verified(world)
    assert found.valid
    assert found.erased == sum(
        row.get("context_id") in {f"context-{name}" for name in who}
        and row["subject"] == "document:one"
        for row in world.database.rows.values()
    )


def _reaches(verification, chain: str) -> int:
    changes = chain.startswith("D#")
    proven = verification.proven_until if changes else verification.reads_proven_until
    return proven.seq if proven else 0
