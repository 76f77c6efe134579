"""`python -m infra.local run | stop | serve`."""

import os
import sys

from infra.local import environment, process, settings
from infra.local.progress import complain

USAGE = "usage: python -m infra.local run | stop"


def main(arguments: list[str]) -> int:
    """Run one command; returns the exit status."""
    commands = {"run": _run, "stop": _stop, "serve": _serve}
    if len(arguments) != 1 or arguments[0] not in commands:
        complain(USAGE)
        return 2
    try:
        chosen = settings.load(os.environ)
    except ValueError as error:
        complain(str(error))
        return 2
    return commands[arguments[0]](chosen)


def _run(chosen: settings.Settings) -> int:
    try:
        environment.bring_up(chosen)
    except environment.FailedError as error:
        complain(str(error))
        return 1
    return 0


def _stop(chosen: settings.Settings) -> int:
    print("Stopped." if process.stop(chosen) else "It was not running.")
    return 0


def _serve(chosen: settings.Settings) -> int:
    # Importing the emulator takes effect: it reads its settings. `run` must not.
    from infra.local.server import serve  # noqa: PLC0415

    try:
        held = process.claim(chosen)
    except BlockingIOError:
        complain("This environment is already running.")
        return 1
    with held:
        serve(chosen)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
