"""What the audit reads: rows that may have been spoiled, positions, and what lies in the vault."""

import json
from copy import deepcopy
from functools import cache
from typing import Any

from hypothesis import strategies as st

from chalicelib.attributes import to_attribute
from chalicelib.audit import export, history, store
from chalicelib.audit.anchor_model import Anchor, Leaf, Spoiled
from chalicelib.audit.check import examine
from chalicelib.audit.evidence import gather
from chalicelib.audit.history import tell
from chalicelib.audit.mapping import SEQUENCE_DIGITS, shown_entry
from chalicelib.audit.model import Action, Head, append, document_chain
from chalicelib.audit.verify import verify_document
from chalicelib.clock import utc_text, utc_time
from chalicelib.errors import Invalid
from chalicelib.web.sentences import referred, sentence
from tests.faults.input import weird
from tests.faults.input.parser import Parser
from tests.support.audited import Audited, busy_days

_CHAIN = document_chain("one")


@cache
def _days() -> Audited:
    return busy_days()


@cache
def _rows() -> list[dict[str, Any]]:
    """Rows as the product wrote them, and one of each action that tells of grants alone."""
    found = _days().database.rows.items()
    rows = [{**row, "pk": key.pk, "sk": key.sk} for key, row in found if "previous" in row]
    for action in Action:
        entry = append(
            Head(),
            chain=_CHAIN,
            at=utc_text(_days().moment),
            actor="anna",
            action=action,
            subject="document:one",
            details={"before": {"user:1": "editor"}, "after": {"group:1": "viewer"}},
            context=None,
            transaction_id="1",
        )
        put = store.entry_put(entry)
        rows.append({**put.row, "pk": put.key.pk, "sk": put.key.sk})
    return rows


def _storable(row: Any) -> bool:
    """Whether a table could hold it at all: its key as text, and no broken Unicode or fraction."""
    if not isinstance(row, dict):
        return False
    try:
        json.dumps(to_attribute(row), ensure_ascii=False, default=repr).encode()
    except (TypeError, UnicodeEncodeError):
        return False
    return all(isinstance(row.get(key), str) for key in ("pk", "sk"))


def _show(row: Any) -> Any:
    """All that lists, exports, pages and verification do with a row."""
    entry = shown_entry(row)
    told = tell(_days().database, [entry])
    problems = [each for one in examine(_CHAIN, [row]) for each in one.problems]
    names = dict.fromkeys(referred(entry), "Anna")
    texts = ["".join(export.as_csv(told)), "".join(export.as_json(told))]
    return problems, sentence(entry, names).words, sentence(entry, {}).words, *texts


def _shown_holds(row: Any, found: Any) -> None:
    problems, *texts = found
    assert problems or row in _rows(), "a spoiled row is found"
    assert all(texts)
    json.loads(texts[-1])


def _system(cursor: str) -> Any:
    found = _days()
    return [
        store.entries(found.database, _CHAIN, cursor=cursor or None),
        store.system_page(found.database, now=found.moment, limit=2, cursor=cursor or None),
    ]


def _either(cursor: str) -> Any:
    try:
        return _system(cursor)
    except Invalid:
        found = _days()
        return store.system_page(found.database, now=found.moment, limit=2, cursor=cursor)


def _positions() -> tuple[str, ...]:
    found = _days()
    page = store.system_page(found.database, now=found.moment, limit=2)
    chain = store.entries(found.database, _CHAIN, limit=2)
    return str(page.next_cursor), str(chain.next_cursor), store._write_cursor("2031-05")


def _looks() -> tuple[str, ...]:
    pages = history.history_page(_days().database, "one", limit=3, cursor=None)
    return str(pages.next_cursor), history._write_cursor((None, 10**SEQUENCE_DIGITS - 1))


def _lines() -> list[bytes]:
    files = _days().vault.files
    return [line for name, file in files.items() if "leaves" in name for line in file.splitlines()]


def _manifests() -> list[bytes]:
    return [file for name, file in _days().vault.files.items() if "manifests" in name]


def _verify(case: tuple[int, bytes, str]) -> Any:
    """Verify where one file of the vault is another, and one is there that nobody knows."""
    place, content, stray = case
    found = _days()
    files = found.vault.files
    kept = deepcopy(files)
    name = sorted(files)[place % len(files)]
    files[name] = content
    files[f"{name.rpartition('/')[0]}/{stray}.json"] = content
    try:
        gather(found.archive, now=found.moment)
        return verify_document(found.verifying, "one", found.head).as_json()
    finally:
        files.clear()
        files.update(kept)


def _verification_holds(case: tuple[int, bytes, str], told: Any) -> None:
    json.dumps(told)
    name = sorted(_days().vault.files)[case[0] % len(_days().vault.files)]
    if "/manifests/" in name and _days().vault.files[name] != case[1]:
        assert not told["valid"] or told["anchors_checked"] > 0


PARSERS = (
    Parser(
        name="row of the audit",
        reads=(
            "chalicelib.audit.mapping:read_entry",
            "chalicelib.audit.mapping:shown_entry",
            "chalicelib.audit.mapping:sequence_in",
            "chalicelib.audit.check:_read",
        ),
        call=_show,
        cases=weird.value(st.deferred(lambda: st.sampled_from(_rows()))).filter(_storable),
        holds=_shown_holds,
        monster=lambda text: {**_rows()[0], "subject": text, "details": {"name": text}},
        multiple=64,
    ),
    Parser(
        name="position in a log",
        reads=(
            "chalicelib.audit.store:_read_cursor",
            "chalicelib.audit.store:_not_a_cursor",
            "chalicelib.audit.store:_position",
            "chalicelib.audit.store:_month_before",
        ),
        call=_either,
        cases=weird.text(st.deferred(lambda: st.sampled_from(_positions())))
        | weird.text(st.sampled_from(("2031-05", "2031-05-30T#S#1#1"))).map(
            lambda text: store._write_cursor(text.encode("utf-8", "replace").decode())
        ),
        refuses=(Invalid,),
        valid=(store._write_cursor("2033-05"),),
    ),
    Parser(
        name="position in a history",
        reads=(
            "chalicelib.audit.history:_read_cursor",
            "chalicelib.audit.history:_read_number",
        ),
        call=lambda cursor: history.history_page(_days().database, "one", limit=3, cursor=cursor),
        cases=weird.text(st.deferred(lambda: st.sampled_from(_looks()))),
        refuses=(Invalid,),
        holds=lambda _case, page: _at_most(page.items, 3),
    ),
    Parser(
        name="stored moment",
        reads=("chalicelib.clock:utc_time",),
        call=utc_time,
        cases=weird.text(st.datetimes().map(lambda at: utc_text(at.astimezone()))),
        refuses=(ValueError,),
        holds=lambda _text, at: _same(utc_time(utc_text(at)), at),
        valid=("2031-05-06T07:08:09.000000Z",),
    ),
    Parser(
        name="leaf of an anchor",
        reads=("chalicelib.audit.anchor_model:Leaf.read",),
        call=Leaf.read,
        cases=weird.octets(st.deferred(lambda: st.sampled_from(_lines())))
        | weird.written(st.just(["D#one", 7, "ab" * 32, [1, "cd" * 32]])),
        refuses=(Spoiled,),
        holds=lambda _line, leaf: _same(Leaf.read(leaf.line), leaf),
        monster=lambda text: text.encode("utf-8", "replace"),
        multiple=40,
    ),
    Parser(
        name="manifest of an anchor",
        reads=(
            "chalicelib.audit.anchor_model:Anchor.read",
            "chalicelib.audit.anchor_model:_statement",
        ),
        call=Anchor.read,
        cases=weird.octets(st.deferred(lambda: st.sampled_from(_manifests())))
        | weird.written(st.deferred(lambda: st.sampled_from(_manifests()).map(json.loads))),
        refuses=(Spoiled,),
        holds=lambda manifest, anchor: _same(anchor.manifest, manifest),
        monster=lambda text: text.encode("utf-8", "replace"),
        multiple=40,
    ),
    Parser(
        name="the vault",
        reads=(
            "chalicelib.audit.anchor_store:load",
            "chalicelib.audit.anchor_store:read_leaves",
            "chalicelib.audit.anchor_store:periods_after",
            "chalicelib.audit.anchor_store:_is_period",
            "chalicelib.audit.evidence:Evidence._read",
            "chalicelib.audit.evidence:_next",
        ),
        call=_verify,
        cases=st.tuples(
            st.integers(0, 10**6),
            weird.octets(st.deferred(lambda: st.sampled_from((*_manifests(), *_lines())))),
            weird.text(st.sampled_from(("2031-05-31T05", "2031-05-31", "garbage"))),
        ),
        holds=_verification_holds,
        monster=None,
    ),
)


def _same(one: object, other: object) -> None:
    assert one == other


def _at_most(items: Any, count: int) -> None:
    assert len(items) <= count
