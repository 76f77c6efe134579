"""Addresses of the API that are none: a problem in the API's own form, not the gateway's."""

from chalicelib.errors import NotFound
from functions.calls import Answer, Call
from functions.edge import Door, Public

door = Door(__name__)
_NOTHING = Public("there is nothing at such an address, for anybody")


@door.on("GET", "/v1/{proxy+}", access=_NOTHING, summary="Nothing")
def nothing(_call: Call) -> Answer:
    """Say that nothing is here.

    Raises:
        NotFound: always.
    """
    raise NotFound("address")
