"""What must be true of rows, whatever broke: of those that a try touched, and of all at the end."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from chalicelib.audit.check import examine
from chalicelib.transaction import Key, Row, Table
from tests.faults.breaks.watch import Watch
from tests.faults.rebuild import differences

Rows = Mapping[Key, Row]


def broken_audit(rows: Rows, *, complete: bool) -> list[str]:
    """Where audit and state disagree, and chains that do not verify."""
    told = differences(rows, complete=complete)
    chains: dict[str, list[Row]] = defaultdict(list)
    for key, row in sorted(rows.items(), key=lambda item: (item[0].pk, item[0].sk)):
        if key.table is Table.AUDIT and "action" in row:
            chains[key.pk].append(row)
    for chain, found in chains.items():
        if not complete and not chain.startswith("D#"):
            continue  # of a system chain a try has only written some entries
        if not complete and found[0]["seq"] != 1:
            continue  # nor of a document that was there before
        for seen in examine(chain, found):
            told += [f"chain {chain}, entry {p.seq}: {p.problem.value}" for p in seen.problems]
    return told


def mails_gone_wrong(watch: Watch) -> list[str]:
    """Mails that were taken twice although the relay's first answer had arrived."""
    told = list(watch.strange)
    watch.strange.clear()
    for mail, times in watch.sent.items():
        if times > 1 + watch.unsure[mail]:
            told.append(f"the mail {mail} went out {times} times")
            watch.unsure[mail] = times  # it is told once
    return told


def orphans(rows: Rows) -> Iterator[str]:
    """Rows that lead to nothing alive and that nothing will ever remove.

    To be asked once the clock has run on and the sweeps have gone by.
    """
    present = {(key.table, key.pk) for key in rows if key.sk == "META"}
    for key, row in rows.items():
        if key.table is Table.EPHEMERAL and "expires" not in row:
            yield f"a row that never expires: {key.pk.partition('#')[0]}"
        for led_to in _leads_to(key, row):
            if led_to not in present:
                yield f"a row that leads to nothing: {key.pk} {key.sk}"
        if key.table is Table.CORE and row.get("pending"):
            yield f"a name held for an upload that is over: {row['id']}"
        if key.table is Table.CORE and row.get("list_pk") == "PENDING":
            yield f"an upload that no sweep ends: {key.pk} {key.sk}"


def _leads_to(key: Key, row: Row) -> Iterator[tuple[Table, str]]:
    """What a row that is there for another one leads to."""
    kind = key.pk.partition("#")[0]
    if key.table is Table.IDENTITY and kind == "NAME":
        yield Table.IDENTITY, f"U#{row['user_id']}"
    if key.table is Table.IDENTITY and kind == "GROUP":
        yield Table.IDENTITY, f"G#{row['group_id']}"
    if key.table is Table.IDENTITY and kind == "SHARE":
        yield Table.CORE, key.sk
    if key.table is Table.EPHEMERAL and kind == "U":
        yield Table.IDENTITY, key.pk
    if key.table is Table.CORE and kind in ("P", "T"):
        yield Table.CORE, f"{'N' if row['kind'] == 'node' else 'D'}#{row['id']}"


def numbers_twice(rows: Rows) -> list[str]:
    """Document numbers that two documents bear, or that are still to be given."""
    borne = Counter(
        row["number"] for key, row in rows.items() if key.pk.startswith("D#") and key.sk == "META"
    )
    drawn = max((row["number"] for key, row in rows.items() if key.pk == "COUNTER"), default=0)
    told = [f"number {number} is borne {n} times" for number, n in borne.items() if n > 1]
    return told + [f"number {number} was never drawn" for number in borne if number > drawn]


def mails_lost(rows: Rows, watch: Watch) -> list[str]:
    """Mails in the outbox that did not go out; asked after enough sweeps."""
    told = []
    for key, row in rows.items():
        if key.table is Table.WORK and key.pk.startswith("OUTBOX#"):
            gone = any(row["id"] in sent for sent in watch.sent)
            if row["state"] != "sent" or not gone:
                told.append(f"a mail is {row['state']} ({row.get('last_answer')}); taken: {gone}")
    return told
