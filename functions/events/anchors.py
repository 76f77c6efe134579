"""Timers of the audit: an anchor every hour over what changed, one every night over everything."""

from typing import Any

from chalice.app import Blueprint, Cron

from chalicelib.audit.anchor_hours import anchor_hours
from chalicelib.audit.anchor_night import anchor_night
from chalicelib.wiring import wired

anchors = Blueprint(__name__)


@anchors.schedule(Cron(7, "*", "*", "*", "?", "*"), name="anchor_hourly")
def anchor_hourly(_event: Any) -> None:  # noqa: ANN401 - chalice has no types of its own
    """Seven minutes past each hour: two after an hour's grace is over."""
    anchor_hours(wired().anchoring)


@anchors.schedule(Cron(20, 2, "*", "*", "?", "*"), name="anchor_nightly")
def anchor_nightly(_event: Any) -> None:  # noqa: ANN401 - chalice has no types of its own
    """At 02:20 UTC. An error here rings the alarm: an anchored chain was rewritten."""
    anchor_night(wired().anchoring)
