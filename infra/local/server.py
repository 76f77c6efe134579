"""The process behind the environment: MiniStack with our additions, in the foreground.

Started by `make run` with an environment of its own, so that nothing of the
developer's shell (an AWS profile, PAPERTRAIL_SEED_ADMIN) reaches a function.
"""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Mapping

from infra.local.settings import HOST, Settings

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "TZ", "SSL_CERT_FILE")


def server_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that the server process runs with."""
    kept = {name: environ[name] for name in KEPT_VARIABLES if name in environ}
    return {
        **kept,
        **settings.aws_environment(),
        "AUTH": "true",
        "BIND_HOST": HOST,
        "GATEWAY_PORT": str(settings.aws_port),
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": settings.aws_environment()["AWS_REGION"],
        "PERSIST_STATE": "1",
        "STATE_DIR": str(settings.emulator_dir),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(settings.objects_dir),
        "PAPERTRAIL_CODE_DIR": str(settings.home / "functions"),
        "PAPERTRAIL_HOME": str(settings.home),
        "PAPERTRAIL_PORT": str(settings.portal_port),
        "LAMBDA_WARM_TTL_SECONDS": "900",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "DOCKER_HOST": "unix:///nonexistent",
        "LOG_LEVEL": "INFO",
        "PYTHONUNBUFFERED": "1",
    }


def serve(settings: Settings) -> None:
    """Run until SIGTERM. `os.environ` must already be what server_environment() returned."""
    for folder in (settings.emulator_dir, settings.objects_dir):
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (settings.home / "functions").mkdir(exist_ok=True)
    _quiet()
    # The emulator reads its settings when it is imported.
    from infra.local.snapshots import writer_lock

    with writer_lock(settings.emulator_dir):
        """A snapshot that outlived a kill is complete now; nothing else writes."""
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from hypercorn.asyncio import serve as hypercorn_serve
    from hypercorn.config import Config

    from infra.local import emulator
    from infra.local.front_door import FrontDoor
    from infra.local.mailbox import Mailbox
    from infra.local.snapshots import Snapshots

    emulator.install()
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
        shutdown_trigger=stopped.wait,  # type: ignore[arg-type]  # its result is ignored
    )
    saving.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await saving
    await snapshots.save()
    os._exit(0)  # workers' threads would otherwise be waited for


def _quiet() -> None:
    logging.getLogger("hypercorn.access").setLevel(logging.WARNING)
    logging.getLogger("persistence").setLevel(logging.WARNING)
