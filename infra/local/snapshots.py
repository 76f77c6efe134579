# ruff: noqa: SLF001 - the emulator offers no public way in
"""The emulator's state on disk, never more than a moment old.

MiniStack saves itself only when it is asked to stop. Here a forked child writes the state
every second in which something happened: it sees memory as it was at one instant between
two requests, so all services agree, and requests are not held up while it writes. Each file
is replaced whole (temporary file, fsync, rename), so a kill leaves the old one or the new.
"""

import asyncio
import copy
import ctypes
import fcntl
import json
import logging
import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ministack import app as ministack
from ministack.core import persistence

INTERVAL_SECONDS = 1.0
PATIENCE_SECONDS = 10.0
PATIENCE_FACTOR = 10.0
KEPT_LOG_EVENTS = 1000
READING = ("Get", "BatchGet", "TransactGet", "Query", "Scan", "Describe", "List")
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
logger = logging.getLogger("papertrail.snapshots")


class Snapshots:
    """Writes the state of changed services into `folder`, from forked children."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._changed: set[str] = set()
        self._fingerprints: dict[str, str] = {}
        self._active = False
        self._longest_seconds = 0.0
        self._one_at_a_time = asyncio.Lock()

    def watch(self) -> None:
        """Notice every call that may change state. Call before the emulator serves."""
        for name, handler in ministack.SERVICE_HANDLERS.items():
            module = ministack.SERVICE_REGISTRY[name]["module"]
            ministack.SERVICE_HANDLERS[name] = self._noticing(module, handler)

    def _noticing(self, module: str, handler: Callable[..., Any]) -> Callable[..., Any]:
        async def noticing(
            method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]
        ) -> Any:  # noqa: ANN401 - whatever the emulator answers
            try:
                answer = await handler(method, path, headers, body, query)
            finally:
                self._active = True
                operation = headers.get("x-amz-target", "").rpartition(".")[2]
                if module != "dynamodb" or not operation.startswith(READING):
                    self._changed.add(module)
            if module == "s3" and method in {"PUT", "DELETE"} and _names_bucket(path):
                # Objects are on disk by now. Without its bucket's configuration a locked one
                # would come back from a kill unlocked.
                await self.save()
            return answer

        return noticing

    async def keep_saving(self) -> None:
        """Save every second in which something happened, until cancelled."""
        while True:
            await asyncio.sleep(INTERVAL_SECONDS)
            if self._active:
                await self.save()

    async def save(self) -> None:
        """Write what changed since the last save; returns when it is on disk."""
        async with self._one_at_a_time:
            await self._save()

    async def _save(self) -> None:
        self._active = False
        changed, self._changed = self._changed, set()
        # Tables made by CloudFormation and messages moved by pollers pass no handler, so
        # everything that is small is always written; tables only when they changed.
        skipped = set() if changed & {"dynamodb", "cloudformation"} else {"dynamodb"}
        fingerprint = _lambda_fingerprint()
        if fingerprint == self._fingerprints.get("lambda"):
            skipped.add("lambda")
        _trim_logs()
        begun = time.monotonic()
        patience = PATIENCE_SECONDS + PATIENCE_FACTOR * self._longest_seconds
        if await _forked(lambda: _write(self._folder, skipped), patience):
            self._longest_seconds = max(self._longest_seconds, time.monotonic() - begun)
            self._fingerprints["lambda"] = fingerprint
        else:
            self._changed |= changed
            self._active = True


def _names_bucket(path: str) -> bool:
    return "/" not in path.strip("/")


async def _forked(work: Callable[[], None], patience: float) -> bool:
    """Run `work` in a copy of this process; False when it failed or took `patience` seconds."""
    child = os.fork()
    if child == 0:
        _become_child(work)
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        done, status = os.waitpid(child, os.WNOHANG)  # noqa: ASYNC222 - it does not wait
        if done:
            return os.waitstatus_to_exitcode(status) == 0
        await asyncio.sleep(0.02)
    # A lock that another thread held at the fork stays locked in the child for ever.
    logger.warning("a snapshot hung and was stopped; the next one follows")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)  # noqa: ASYNC222 - killed, so it ends at once
    return False


def _become_child(work: Callable[[], None]) -> None:
    status = 1
    try:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
        work()
        status = 0
    except BaseException:
        logger.exception("snapshot failed")
    finally:
        os._exit(status)


def _write(folder: Path, skipped: set[str]) -> None:
    # This process only reads and then ends: copies would double the time for nothing.
    copy.deepcopy = _uncopied  # type: ignore[assignment]
    with writer_lock(folder):
        for name, state in ministack._build_persistence_save_dict().items():
            if name not in skipped:
                _write_one(folder, name, state())


def _uncopied(value: Any, _memo: Any = None) -> Any:  # noqa: ANN401 - of anything
    return value


def _write_one(folder: Path, name: str, state: Any) -> None:  # noqa: ANN401 - any service's state
    if state is None:
        return
    wrapped = {
        "__ministack_format__": persistence._state_format_version(name),
        "payload": state,
    }
    # dumps is five times as fast as dump: only it uses the C encoder.
    text = json.dumps(wrapped, default=persistence._json_default)
    path, temporary = folder / f"{name}.json", folder / f"{name}.json.tmp"
    if len(text) < 1 << 16 and path.exists() and path.read_text(encoding="utf-8") == text:
        return
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


class writer_lock:  # noqa: N801 - used like a function
    """Held by whoever writes snapshots; the next start waits for a writer that outlived a kill."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / ".writing"

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _lambda_fingerprint() -> str:
    functions = ministack._get_module("lambda_svc")
    states = [
        (key, function["config"].get("RevisionId"), function["config"].get("CodeSha256"))
        for key, function in functions._functions._data.items()
    ]
    sources = [functions._esms._data, functions._dynamodb_stream_positions]
    return repr([states, *sources])


def _trim_logs() -> None:
    """Keep the newest events of each log stream: all of them are written every time."""
    logs = ministack._loaded_modules.get("cloudwatch_logs")
    if logs is None:
        return
    for group in list(logs._log_groups._data.values()):
        for stream in list(group.get("streams", {}).values()):
            events = stream.get("events", [])
            if len(events) > 2 * KEPT_LOG_EVENTS:
                del events[:-KEPT_LOG_EVENTS]
