"""Whether the environment answers: /v1/health."""

from chalicelib.wiring import wired
from functions.calls import Answer, Call
from functions.edge import Door, Public

door = Door(__name__)


@door.on(
    "GET",
    "/v1/health",
    access=Public("monitors ask before anyone signs in; it tells nothing but that it works"),
    summary="Whether the environment answers",
    returns="HealthShape",
)
def health(_call: Call) -> Answer:
    """Answer, having read the tree's epoch."""
    wired().filing.guard.lineages.epoch()
    return Answer(body={"status": "ok"})
