"""Start, find and stop the server process.

The truth about whether it runs is a file lock, which the kernel gives back however the
process ends; the pid in that file is only used while the lock is held, so a stale pid
(or one that another program has by now) is never signalled.
"""

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from infra.local.settings import HOST, SHUTDOWN_SECONDS, Settings, replace, with_free_ports

START_SECONDS = 60
_started: list["subprocess.Popen[bytes]"] = []
ROOT = Path(__file__).resolve().parents[2]
KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TZ", "SSL_CERT_FILE")


class NotStartedError(Exception):
    """The server process ended or did not answer; the message says where to look."""


def claim(settings: Settings) -> IO[str]:
    """Become the one server of this environment; keep the returned file open while serving.

    Raises BlockingIOError when another process is it.
    """
    file = _pid_file(settings).open("a+", encoding="ascii")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise
    file.truncate(0)
    file.write(str(os.getpid()))
    file.flush()
    return file


def running_pid(settings: Settings) -> int | None:
    """Return the server's pid, or None when it does not run."""
    path = _pid_file(settings)
    if not path.exists():
        return None
    with path.open("r+", encoding="ascii") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return int(file.read())
        return None


def ensure_running(settings: Settings, environ: Mapping[str, str]) -> Settings:
    """Start the server unless the one that runs is of this code and on these ports.

    Returns the settings it runs with: kept ports that another program took are replaced.
    Raises NotStartedError.
    """
    kind = _kind(settings)
    record = settings.home / "server.kind"
    if running_pid(settings) is not None:
        if record.exists() and record.read_text(encoding="ascii") == kind:
            return settings
        stop(settings)
    try:
        chosen = with_free_ports(settings)
    except OSError as error:
        raise NotStartedError(
            f"Port {settings.portal_port} is taken by another program ({error}); "
            "choose another with PAPERTRAIL_PORT"
        ) from error
    start(chosen, environ)
    replace(record, _kind(chosen))
    return chosen


def _kind(settings: Settings) -> str:
    digest = hashlib.sha256(repr((settings.portal_port, settings.aws_port)).encode())
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def start(settings: Settings, environ: Mapping[str, str]) -> None:
    """Start the server in the background and wait until it answers.

    Raises NotStartedError when it does not within START_SECONDS.
    """
    log = settings.log_dir / "environment.log"
    log.parent.mkdir(exist_ok=True)
    with log.open("ab") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "infra.local", "serve"],
            cwd=ROOT,
            env=server_environment(settings, environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    # It outlives this command on purpose; forgetting it would be reported as a leak.
    _started.append(server)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(settings):
        if server.poll() is not None or time.monotonic() > deadline:
            raise NotStartedError(f"The environment did not start; its log is {log}")
        time.sleep(0.05)


def stop(settings: Settings) -> bool:
    """Stop the server and wait until it is gone; False when it did not run."""
    pid = running_pid(settings)
    if pid is None:
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + SHUTDOWN_SECONDS
    while running_pid(settings) is not None:
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            deadline += SHUTDOWN_SECONDS
        time.sleep(0.05)
    reap(pid)
    return True


def reap(pid: int) -> None:
    """Wait for the server's end, and forget it, where this process started it."""
    for server in [each for each in _started if each.pid == pid]:
        server.wait()
        _started.remove(server)


def _pid_file(settings: Settings) -> Path:
    return settings.home / "server.pid"


def _answers(settings: Settings) -> bool:
    try:
        with urllib.request.urlopen(f"{settings.aws_url}/_ministack/health", timeout=2) as answer:  # noqa: S310 - our own http address
            healthy: bool = answer.status == 200  # noqa: PLR2004 - HTTP
            return healthy
    except OSError:
        return False


def server_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that the server process runs with.

    It is its own, so that nothing of the developer's shell (an AWS profile,
    PAPERTRAIL_SEED_ADMIN) reaches a function.
    """
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
        "TMPDIR": str(settings.home / "tmp"),
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
