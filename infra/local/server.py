"""The process behind the environment: MiniStack with our additions, in the foreground.

Only `python -m infra.local serve` imports this: the emulator reads its settings, which
process.start() puts into the environment, when it is imported.
"""

import asyncio
import contextlib
import logging
import os
import shutil
import signal
from collections.abc import Awaitable, Callable

from hypercorn.asyncio import serve as hypercorn_serve
from hypercorn.config import Config
from ministack import app as ministack

from infra.local.emulator import additions, code
from infra.local.front_door import FrontDoor
from infra.local.mailbox import Mailbox
from infra.local.settings import HOST, Settings
from infra.local.snapshots import Snapshots, writer_lock


def serve(settings: Settings) -> None:
    """Run until SIGTERM. `os.environ` must already be what server_environment() returned."""
    for folder in (settings.emulator_dir, settings.objects_dir):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.home / "functions").mkdir(exist_ok=True)
    # What workers of an earlier run left behind when they were killed.
    shutil.rmtree(settings.home / "tmp", ignore_errors=True)
    (settings.home / "tmp").mkdir()
    _quiet()
    with writer_lock(settings.emulator_dir):
        # A snapshot that outlived a kill is complete now, and nothing else writes.
        code.forget_unused()
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    additions.install()
    mailbox = Mailbox(settings.home / "mail")
    mailbox.receive()
    snapshots = Snapshots(settings.emulator_dir)
    snapshots.watch()
    config = Config()
    ports = (settings.aws_port, settings.portal_port, settings.mailbox_port)
    config.bind = [f"{HOST}:{port}" for port in ports]
    config.keep_alive_timeout = 75
    config.graceful_timeout = 2
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    asyncio.get_running_loop().add_signal_handler(signal.SIGINT, stopped.set)
    saving = asyncio.create_task(snapshots.keep_saving())
    await hypercorn_serve(
        FrontDoor(settings, mailbox),  # type: ignore[arg-type]  # an ASGI application
        config,
        shutdown_trigger=_stopping(stopped),
    )
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving
    await snapshots.save()
    os._exit(0)  # workers' threads would otherwise be waited for


def _stopping(stopped: asyncio.Event) -> Callable[[], Awaitable[None]]:
    async def stopping() -> None:
        await stopped.wait()
        # Its own save at the end would take long and write what ours writes next.
        ministack.PERSIST_STATE = False

    return stopping


def _quiet() -> None:
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    logging.getLogger("persistence").setLevel(logging.WARNING)
