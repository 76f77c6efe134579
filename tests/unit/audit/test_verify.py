import pytest

from chalicelib.audit.check import SENTENCES, Flaw, Problem
from chalicelib.audit.model import Head
from chalicelib.audit.verify import verify_document
from chalicelib.errors import TooLarge
from chalicelib.transaction import Key, Table
from tests.support.audited import Audited, busy_days


def test_the_answer_names_how_far_the_proof_reaches():
    world = busy_days()
    answer = world.verify().as_json()
    assert {name: answer[name] for name in ("valid", "entries", "reads", "problems")} == {
        "valid": True,
        "entries": 11,
        "reads": 11,
        "problems": [],
    }
    assert answer["proven_until"] == {"seq": 10, "at": "2031-06-01T20:13:00.000000Z"}
    assert answer["anchored_at"] == world.anchoring.now().strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    assert answer["anchors_checked"] > 1
    assert "up to entry 10 of 2031-06-01" in answer["explanation"]


def test_without_an_anchor_the_answer_says_so():
    world = Audited()
    world.change()
    verification = world.verify()
    assert verification.valid
    assert (verification.proven_until, verification.anchored_at) == (None, None)
    assert "1 entry and 0 readings" in verification.explanation
    assert "No anchor covers them yet" in verification.explanation


def test_with_everything_anchored_the_answer_says_so():
    world = busy_days()
    world.pass_time(hours=2)
    world.anchor_hours()
    assert "prove all of it" in world.verify().explanation
    world.read()
    assert "every entry; the newest readings" in world.verify().explanation


def test_a_problem_is_told_first_and_with_its_place():
    world = busy_days()
    key = world.row("D#one", 4)
    world.database.rows[key] = {**world.database.rows[key], "actor": "user-Mallory"}
    verification = world.verify()
    assert verification.as_json()["problems"] == [
        {"chain": "D#one", "seq": 4, "problem": "changed"}
    ]
    assert "at entry 4: The entry was changed" in verification.explanation
    assert verification.proven_until is None


def test_a_history_beyond_the_limit_is_refused_with_the_command_to_use():
    world = busy_days()
    with pytest.raises(TooLarge, match=r"22 entries.*infra\.verify --stage NAME --document one"):
        world.verify(limit=21)
    assert world.verify(limit=22).valid


def test_a_change_beside_the_verification_is_not_an_alarm():
    world = busy_days()
    more = iter(range(3))

    def read_head() -> Head:
        if next(more, None) is not None:
            world.change()
        return world.head()

    verification = verify_document(world.verifying, "one", read_head)
    assert verification.valid
    assert verification.entries == 14


def test_a_document_whose_row_is_gone_is_not_fine():
    world = busy_days()
    del world.database.rows[Key(Table.CORE, "D#one", "META")]
    assert world.verify().problems == [Problem("D#one", 1, Flaw.BEYOND_HEAD)]


def test_an_entry_that_the_document_does_not_know_is_found():
    world = busy_days()
    old = world.database.rows[Key(Table.CORE, "D#one", "META")]
    world.change()
    world.database.rows[Key(Table.CORE, "D#one", "META")] = old
    assert world.verify().problems == [Problem("D#one", 12, Flaw.BEYOND_HEAD)]


def test_thousands_of_problems_stay_a_bounded_answer():
    world = Audited()
    for _ in range(1200):
        world.read()
    for key, row in world.database.rows.items():
        if key.pk == "R#one":
            world.database.rows[key] = {**row, "actor": "user-Mallory"}
    assert len(world.verify().problems) == 1000


def test_a_long_history_with_many_contexts_is_recomputed_in_pages():
    world = Audited()
    for number in range(620):
        world.read(who=f"Person {number % 230}")
    world.database.calls.clear()
    verification = world.verify(limit=None)
    assert (verification.valid, verification.reads, verification.erased) == (True, 620, 0)
    assert world.database.calls.count("get_many") <= 7


def test_verifying_a_document_reads_only_the_files_of_its_shards():
    world = busy_days()
    read = []
    world.vault.before = lambda operation, name: read.append((operation, name))
    verification = world.verify()
    files = [name for operation, name in read if operation == "read" and "/leaves/" in name]
    assert len(files) == len(set(files)) <= 2 * verification.anchors_checked


@pytest.mark.parametrize("laid", [None, b"", b"[]", b'["D#one",9,"forged",null]'])
def test_what_is_laid_over_signed_leaves_hides_nothing(laid):
    world = busy_days()
    before = world.verify()
    covered = [name for name in world.vault.files if "/leaves/" in name]
    world.vault.laid_over = dict.fromkeys(covered, laid)
    assert len(covered) > 2
    assert world.verify() == before
    assert before.proven_until.seq == 10


def test_many_anchors_are_read_beside_one_another_in_their_order(monkeypatch):
    monkeypatch.setattr("chalicelib.audit.evidence._BESIDE", 3)
    world = busy_days()
    world.pass_time(hours=9)
    world.anchor_hours()
    assert world.verify().valid
    gone = sorted(name for name in world.vault.files if "hourly/manifests" in name)[-2]
    del world.vault.files[gone]
    period = gone.split("/")[-1].removesuffix(".json")
    assert world.verify().problems == [
        Problem(f"anchor:hourly:{period}", None, Flaw.ANCHOR_MISSING)
    ]


def test_a_spoiled_newest_night_is_told_and_the_night_before_still_proves():
    world = busy_days()
    world.pass_time(days=1)
    world.anchor_night()
    name = max(name for name in world.vault.files if "nightly/manifests" in name)
    world.vault.files[name] = b"{}"
    verification = world.verify()
    period = name.split("/")[-1].removesuffix(".json")
    assert verification.problems == [Problem(f"anchor:nightly:{period}", None, Flaw.ANCHOR_CHANGED)]
    assert verification.proven_until.seq == 11


def test_every_flaw_has_its_sentence():
    assert set(SENTENCES) == set(Flaw)
