"""What can meet behind the doors: mail, anchors, and the very first administrator."""

from dataclasses import dataclass

from chalicelib.documents.plant import plant_root
from chalicelib.identity.create_user import create_first_administrator
from chalicelib.wiring import wired
from tests.faults.pairs.ground import Ground, kind
from tests.scenarios.events import TIMER, delivery, mail
from tests.scenarios.model import Event
from tests.scenarios.plots import document
from tests.scenarios.stage import empty_stage
from tests.support.world import World


@kind(
    "mail",
    {
        "deliver": "event deliver_outbox, one mail was written",
        "sweep": "event sweep_outbox, one mail was missed",
    },
)
def _mail(world: World) -> Ground:
    sweep = Event(module="outbox", function="sweep_outbox", payload=TIMER)
    sweep.send()
    return Ground(steps={"deliver": delivery(mail(world)), "sweep": sweep})


@kind(
    "anchors",
    {
        "hourly": "event anchor_hourly, one hour with one document",
        "nightly": "event anchor_nightly, a night",
    },
)
def _anchors(world: World) -> Ground:
    document(world)
    world.pass_time(hours=2)
    steps = {
        name: Event(module="anchors", function=f"anchor_{name}", payload=TIMER)
        for name in ("hourly", "nightly")
    }
    return Ground(steps=steps, fresh_vault=True)


@dataclass(frozen=True)
class Founding:
    """What a deployment does at its end, as infra/finish.py calls it."""

    username: str

    def send(self) -> None:
        """Make the first administrator, and the topmost folder for them."""
        user = create_first_administrator(
            wired().registry,
            actor="system:test",
            username=self.username,
            password="correct horse",
            must_change=True,
        )
        plant_root(wired().filing, manager_user_id=user.id)


@kind("an empty stage", {"found it": "", "found it otherwise": ""})
def _first(world: World) -> Ground:
    steps = {"found it": Founding("one"), "found it otherwise": Founding("other")}
    return Ground(steps=steps, stage=empty_stage(world.servers))  # type: ignore[attr-defined]
