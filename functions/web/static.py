"""The portal's built files: /assets/."""

from chalicelib.errors import NotFound
from chalicelib.web.pages import assets
from functions.calls import Answer, Call
from functions.edge import Door, Public

door = Door(__name__, page=True)


@door.on(
    "GET",
    "/assets/{proxy+}",
    access=Public("style sheets and scripts are the same for everyone, and the sign-in needs them"),
    summary="A built file, by its name with the content's hash",
)
def asset(call: Call) -> Answer:
    """Give a built file, to be kept for ever."""
    found = assets.read(call.params["proxy"])
    if found is None:
        raise NotFound("file")
    content_type = found.headers["Content-Type"]
    return Answer(body=found.body, content_type=content_type, headers=found.headers)
