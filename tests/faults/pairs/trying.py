"""One pair of steps, tried in every order that can matter, and held against both serial orders."""

import itertools
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tests.faults.pairs import whole
from tests.faults.pairs.ground import Ground, Kind
from tests.faults.pairs.kept import Kept, State
from tests.faults.pairs.party import (
    Hung,
    Party,
    Schedule,
    alone,
    between,
    carried_out,
    one_after_the_other,
    woven,
)
from tests.faults.pairs.plain import Plain
from tests.faults.pairs.touched import cuts, objects_written, rows_written
from tests.faults.pairs.worker import Order, Outcome
from tests.scenarios.stage import StageWorld
from tests.support.api import Api

_TOLD_TO_RETRY = frozenset({202, 409, 412, 503})
"""Others are at it or were faster: look again. 202 says so of bytes that a worker verifies."""
_UNASKED = "did nothing"
_SHOWN, _BEFORE = 300, 40
_FAULT = 500
_PLACE = re.compile(r"(?<=[# ])[0-9]{12}(?![0-9])|\"(?:sk|seq)\": \"?[0-9]+\"?")


@dataclass(frozen=True)
class Seen:
    """What came of a try: what each was told (None: took no part), and what is different."""

    told: tuple[Any, Any]
    changes: Sequence[str]
    looks: Sequence[Any]
    flaws: Sequence[str] = ()
    outcomes: Sequence[Outcome | None] = ()

    @property
    def stands(self) -> tuple[Any, ...]:
        """The final state, as far as anybody can see it and a little further."""
        return (list(self.changes), list(self.looks))


@dataclass
class Found:
    """What came of all tries of one pair."""

    kind: str
    one: str
    other: str
    schedules: int = 0
    serial: int = 0
    retried: int = 0
    stepped: int = 0
    skipped: int = 0
    anomalies: list[str] = field(default_factory=list)

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.kind}: {self.one} beside {self.other}"


@dataclass(frozen=True, kw_only=True)
class Depth:
    """How much of what can be tried is tried.

    Args:
        cuts: most places, each way, at which one is held up for all of the other; None: each.
        woven: most weavings of the two, drawn by the seed.
        at_once: rounds without any order, with waits by the seed.
    """

    cuts: int | None
    woven: int
    at_once: int


class Field:
    """Ground, with two parties that take steps on it again and again."""

    def __init__(self, world: StageWorld, parties: Sequence[Party], ground: Ground) -> None:
        self._world, self._parties, self.ground = world, parties, ground
        self._stage = ground.stage or world.config
        self._kept = Kept(world, self._stage, objects=ground.objects)
        self._plain = Plain(self._kept.state, ground.passwords)
        self._alone: dict[str, Seen] = {}

    def try_pair(
        self, kind: Kind, one: str, other: str, depth: Depth, chance: random.Random
    ) -> Found:
        """Try two steps in many orders."""
        found = Found(kind.name, one, other)
        slow = one in kind.slow or other in kind.slow
        serial = [self._seen(one, other, one_after_the_other(first)) for first in (0, 1)]
        for seen in serial:
            found.anomalies += [f"serial: {flaw}" for flaw in seen.flaws + _faults(seen)]
        only = [self._only(name, who) for who, name in enumerate((one, other))]
        schedules, found.skipped = _schedules(serial, depth, chance)
        for schedule in schedules:
            found.schedules += 1
            try:
                seen = self._seen(one, other, schedule)
            except Hung:
                found.anomalies.append(f"{schedule}: hung")
                self._kept.put_back(self._kept.look())
                continue
            _judge(found, schedule, seen, serial, only, slow=slow)
        return found

    def _only(self, name: str, who: int) -> Seen:
        place = f"{who} {name}"
        if place not in self._alone:
            names = (name, name)
            self._alone[place] = self._seen(*names, alone(who))
        return self._alone[place]

    def _seen(self, one: str, other: str, schedule: Schedule) -> Seen:
        stage = self._stage
        if self.ground.fresh_vault:
            stage = replace(stage, vault_bucket=self._new_vault())
        moment = self._world.wiring.now()
        orders = [
            Order(stage=stage, moment=moment, step=self.ground.steps[name]) for name in (one, other)
        ]
        outcomes = carried_out(self._parties, orders, schedule)
        touches = [touch for each in outcomes if each for touch in each.touches]
        after = self._kept.look_at(rows_written(touches), objects=objects_written(touches))
        seen = self._told(outcomes, after)
        self._kept.put_back(after)
        return seen

    def _told(self, outcomes: Sequence[Outcome | None], after: State) -> Seen:
        plain = self._plain
        told = [plain.answer(each) if each else _UNASKED for each in outcomes]
        return Seen(
            told=(told[0], told[1]),
            changes=plain.changes(self._kept.state, after, _one_time(outcomes)),
            looks=[plain.value(look) for look in self._looks(outcomes)],
            flaws=tuple(whole.flaws(after.rows)),
            outcomes=outcomes,
        )

    def _looks(self, outcomes: Sequence[Outcome | None]) -> Iterator[Any]:
        self._world.wiring.filing.guard.lineages.forget()
        for look in self.ground.looks:
            reply = look.send()
            yield [reply.status, reply.json if reply.status == 200 else None]
        for outcome in outcomes:
            for cookie in outcome.cookies if outcome else ():
                api = Api(cookie=cookie.partition(";")[0], address="192.0.2.99")
                yield api.get("/v1/me").status if api.cookie.partition("=")[2] else None

    def _new_vault(self) -> str:
        name = f"{self._stage.vault_bucket}-{self._world.wiring.new_id()}"[:63]
        s3 = self._world.client("s3")
        s3.create_bucket(Bucket=name, ObjectLockEnabledForBucket=True)
        return name


def _schedules(
    serial: Sequence[Seen], depth: Depth, chance: random.Random
) -> tuple[Sequence[Schedule], int]:
    """The orders to try, and how many more there are that give the same as one of them."""
    calls = [[(seen.outcomes[who] or Outcome()).touches for seen in serial] for who in (0, 1)]
    chosen: list[Schedule] = []
    points: list[Sequence[int]] = []
    skipped = 0
    for who in (0, 1):
        # As the first of the two each makes the calls that it makes alone.
        mine, others = calls[who][who], [*calls[1 - who][0], *calls[1 - who][1]]
        points.append(cuts(mine, others))
        skipped += max(0, len(mine) - 1 - len(points[who]))
        chosen += [between(who, count) for count in _some(points[who], depth.cuts, chance)]
    weaves = [
        woven(first, one, other)
        for first in (0, 1)
        for one in points[first]
        for other in points[1 - first]
    ]
    chosen += _some(weaves, depth.woven, chance)
    chosen += [Schedule(seed=chance.randrange(2**31)) for _ in range(depth.at_once)]
    return chosen, skipped


def _some(of: Sequence[Any], most: int | None, chance: random.Random) -> Sequence[Any]:
    return of if most is None or len(of) <= most else chance.sample(of, most)


def _judge(
    found: Found,
    schedule: Schedule,
    seen: Seen,
    serial: Sequence[Seen],
    only: Sequence[Seen],
    *,
    slow: bool,
) -> None:
    problems = [*seen.flaws, *_faults(seen)]
    if any((seen.told, seen.stands) == (each.told, each.stands) for each in serial):
        found.serial += 1
    elif any(_not_happened(seen, who, only[1 - who]) for who in (0, 1)):
        found.retried += 1
    elif slow and _in_steps(seen, only):
        found.stepped += 1
    else:
        problems.append(_difference(seen, [*serial, *_as_if_alone(seen, only)]))
    found.anomalies += [f"{schedule}: {problem}" for problem in problems]


def _not_happened(seen: Seen, who: int, other: Seen) -> bool:
    """Whether one was told that somebody else was faster, and only the other one's deed stands."""
    told = seen.told[who]
    refused = told.get("raised") == "Busy" or told.get("status") in _TOLD_TO_RETRY
    return refused and seen.told[1 - who] == other.told[1 - who] and seen.stands == other.stands


def _in_steps(seen: Seen, only: Sequence[Seen]) -> bool:
    """Whether both did what each does alone: as told, and entry by entry in the audit.

    That the rows stand as the audit tells is for the invariants. What one was told may name the
    revision or the state that the other had just made.
    """
    alone = [line for each in only for line in each.changes]
    return _entries(seen.changes) == _entries(alone) and all(
        [seen.told[who].get(name) for name in ("status", "raised")]
        == [only[who].told[who].get(name) for name in ("status", "raised")]
        for who in (0, 1)
    )


def _entries(changes: Sequence[str]) -> Sequence[str]:
    entries = [line for line in changes if line.startswith(("audit", "system entry"))]
    return sorted(_PLACE.sub("", line) for line in entries)


def _refused(told: Any) -> bool:
    return told.get("raised") == "Busy" or told.get("status") in _TOLD_TO_RETRY


def _faults(seen: Seen) -> tuple[str, ...]:
    return tuple(
        f"{who} failed: {outcome.raised or outcome.status} {_short(outcome.text)}"
        for who, outcome in zip("AB", seen.outcomes, strict=True)
        if outcome and (outcome.fault or outcome.status == _FAULT)
    )


def _one_time(outcomes: Sequence[Outcome | None]) -> Mapping[str, str]:
    found = {}
    for who, outcome in zip("AB", outcomes, strict=True):
        if outcome and '"one_time_password"' in outcome.text:
            found[f"the one that {who} was told"] = json.loads(outcome.text)["one_time_password"]
    return found


def _as_if_alone(seen: Seen, only: Sequence[Seen]) -> Iterator[Seen]:
    """What was to come out where one was told to look again, the refusal as it was told."""
    for who, each in enumerate(only):
        told = list(seen.told)
        told[who] = each.told[who]
        if _refused(seen.told[1 - who]):
            yield replace(each, told=(told[0], told[1]))


def _difference(seen: Seen, orders: Sequence[Seen]) -> str:
    """Where it differs from the nearest of what it could have been, cut where it gets long."""
    shown = []
    for each in orders:
        told = zip("AB", seen.told, each.told, strict=True)
        lines = [f"{who}: told {_apart(one, two)}" for who, one, two in told if one != two]
        lines += [f"too much: {_short(line)}" for line in seen.changes if line not in each.changes]
        lines += [
            f"too little: {_short(line)}" for line in each.changes if line not in seen.changes
        ]
        looks = zip(seen.looks, each.looks, strict=False)
        lines += [f"seen {_apart(one, two)}" for one, two in looks if one != two]
        shown.append((len(lines), "equals no serial order: " + "; ".join(lines)))
    return min(shown)[1]


def _apart(one: object, other: object) -> str:
    """Two texts from where they part."""
    texts = str(one), str(other)
    same = sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(*texts, strict=False))
    )
    start = max(0, same - _BEFORE)
    return f"{_short(texts[0][start:])}, not {_short(texts[1][start:])}"


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
