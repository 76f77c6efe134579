# ruff: noqa: SLF001 - the emulator offers no public way in
"""New and changed functions are Active at once, and share their zip in memory.

The emulator reports them Pending for half a second, as AWS does for longer. chalice's
waiter then sleeps five seconds for every function, which is most of a local deploy.
Nothing is being prepared here, so there is nothing to wait for. All functions of a deployment
have the same zip; the emulator would hold it once for each.
"""

from typing import Any

from ministack.services import lambda_svc

_READY = {
    "State": "Active",
    "StateReason": "",
    "StateReasonCode": "",
    "LastUpdateStatus": "Successful",
    "LastUpdateStatusReason": "",
    "LastUpdateStatusReasonCode": "",
}


def install() -> None:
    """Replace the delayed change of state by an immediate one."""

    def activate(name: str, delay: float) -> None:  # noqa: ARG001 - the emulator's signature
        function = lambda_svc._functions.get(name)
        if not function:
            return
        _share_zip(function)
        versions = function.get("versions", {}).values()
        for record in (function, *versions):
            record["config"].update(_READY)

    lambda_svc._schedule_state_transition = activate


def _share_zip(function: dict[str, Any]) -> None:
    for other in lambda_svc._functions.values():
        if other is not function and other.get("code_zip") == function.get("code_zip"):
            function["code_zip"] = other["code_zip"]
            return
