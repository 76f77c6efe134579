"""All additions to the emulator, in the order in which they wrap each other."""

from importlib.metadata import version

from infra.local.emulator import (
    api_events,
    code,
    copies,
    function_state,
    locks,
    multipart,
    payloads,
    reads,
    rest_import,
    signatures,
    streams,
    transport,
    versions,
    workers,
)

SUPPORTED = "1.5.33"
GATEWAY = (rest_import, api_events, payloads, transport)
FUNCTIONS = (function_state, code, streams, workers)
OBJECTS = (versions, locks, multipart, copies, reads, signatures)


def install() -> None:
    """Apply every addition, once.

    Raises RuntimeError for any other version: private names may mean something else there.
    """
    found = version("ministack")
    if found != SUPPORTED:
        raise RuntimeError(
            f"MiniStack {found} is installed, but infra/local was written for {SUPPORTED}; "
            "run `make venv` to install the pinned one",
        )
    for addition in (*GATEWAY, *FUNCTIONS, *OBJECTS):
        addition.install()
