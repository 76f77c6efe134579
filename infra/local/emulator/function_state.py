# ruff: noqa: SLF001 - the emulator offers no public way in
"""New and changed functions are Active at once.

The emulator reports them Pending for half a second, as AWS does for longer. chalice's
waiter then sleeps five seconds for every function, which is most of a local deploy.
Nothing is being prepared here, so there is nothing to wait for.
"""

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
        versions = function.get("versions", {}).values()
        for record in (function, *versions):
            record["config"].update(_READY)

    lambda_svc._schedule_state_transition = activate
