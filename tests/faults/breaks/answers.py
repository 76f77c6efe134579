"""What an answer must be like when AWS has failed under it."""

import json
from dataclasses import dataclass
from typing import Any

from tests.faults.breaks.ways import Killed, Way
from tests.scenarios.model import Scenario
from tests.support.api import Reply

_TRACES = ("Traceback", "botocore", "pynamodb", 'File "', "ClientError", "DynamoDB")


@dataclass(frozen=True)
class Fault:
    """A function that failed, as Lambda tells it to the queue or the timer."""

    error: Exception


def is_good(scenario: Scenario, answer: Any) -> bool:
    """Whether whoever sent the step may take it for done."""
    if isinstance(answer, Killed | Fault):
        return False
    return not isinstance(answer, Reply) or answer.status == scenario.status


def what_is_wrong(scenario: Scenario, answer: Any, way: Way | None = None) -> list[str]:
    """Why an answer is not one that a client can act upon; nothing is wrong with a good one."""
    if not isinstance(answer, Reply) or is_good(scenario, answer):
        return []
    told = [f"the answer shows {word!r}" for word in _TRACES if word in answer.text]
    if answer.status == 202:  # its bytes are being verified: the client is to ask again
        return told
    if answer.status != 503 or "retry-after" not in answer.headers:
        told.append(
            f"the answer is {answer.status} without a time to try again: {answer.text[:200]}"
        )
    if "/v1/" in scenario.entry and not _is_problem(answer):
        told.append(f"the answer is no problem document: {answer.text[:200]}")
    return told


def _is_problem(answer: Reply) -> bool:
    try:
        told = json.loads(answer.text)
    except ValueError:
        return False
    typed = answer.headers.get("content-type") == "application/problem+json"
    return typed and {"type", "title", "status", "detail", "request_id"} <= told.keys()
