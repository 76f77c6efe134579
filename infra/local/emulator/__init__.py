"""What MiniStack 1.5.33 lacks or does differently from AWS, one module per matter.

Each module has an `install()` that wraps private functions of the emulator, and says
why. The version is pinned; `verify_version` refuses any other, because private
names may mean something else there.
"""

from importlib.metadata import version

SUPPORTED = "1.5.33"


def verify_version() -> None:
    """Raise RuntimeError unless the emulator is the one these modules were written for."""
    found = version("ministack")
    if found != SUPPORTED:
        raise RuntimeError(
            f"MiniStack {found} is installed, but infra/local was written for {SUPPORTED}; "
            "run `make venv` to install the pinned one",
        )


def install() -> None:
    """Apply every addition. Call once, after the emulator's settings are in os.environ."""
    verify_version()
    from infra.local.emulator import (
        api_events,
        code,
        copies,
        function_state,
        locks,
        multipart,
        rest_import,
        signatures,
        transport,
        versions,
        workers,
    )

    gateway = (rest_import, api_events, transport)
    functions = (function_state, code, workers)
    # Each of these wraps the one before it where they meet.
    objects = (versions, locks, multipart, copies, signatures)
    for addition in (*gateway, *functions, *objects):
        addition.install()
