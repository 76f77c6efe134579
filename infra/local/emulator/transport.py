"""The loopback interface counts as TLS when policies are evaluated.

The stage's bucket, queue and topic policies refuse plain HTTP, and they should be the same
here as on AWS. Nothing leaves this machine, so the connection is as private as TLS.
"""

from ministack import app as ministack


def install() -> None:
    """Tell the policy evaluator that each request came over a secure transport."""
    stock = ministack.pin_request_origin

    def pin(client_ip: str, _secure: bool) -> None:  # noqa: FBT001 - the emulator's signature
        stock(client_ip, True)

    ministack.pin_request_origin = pin
