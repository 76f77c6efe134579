"""Addresses of the portal that are none: a page that says so, and leads home."""

from chalicelib.errors import NotFound
from functions.calls import Answer, Call
from functions.edge import Door, Public

door = Door(__name__, page=True)


@door.on(
    "GET",
    "/{proxy+}",
    access=Public("there is nothing at such an address, for anybody"),
    summary="Nothing",
)
def nothing(_call: Call) -> Answer:
    """Say that nothing is here.

    Raises:
        NotFound: always.
    """
    raise NotFound("page")
