# ruff: noqa: SLF001 - the emulator offers no public way in
"""A bound on how many processes serve one function, and answers without a pause.

The emulator starts one more process for every request that finds none free. A page with
twenty parallel requests would then start twenty interpreters on a laptop's few cores, and
all would be slow. Here a request waits for a free one instead, as AWS would not need to.
A function that called itself synchronously could wait for itself; none of ours does.
"""

import os
import threading
import time
from typing import Any

from ministack.core import lambda_runtime
from ministack.services import lambda_svc

MOST = max(4, 2 * (os.cpu_count() or 1))
PATIENCE_SECONDS = 60.0
LOG_WAIT_SECONDS = 0.003


def install() -> None:
    """Make the emulator wait for a free worker once there are `MOST`."""
    stock_acquire, stock_release = lambda_runtime.acquire_worker, lambda_runtime.release_worker
    released = threading.Condition()

    def acquire(
        name: str,
        config: dict[str, Any],
        code: bytes,
        qualifier: str = "$LATEST",
        max_concurrency: int | None = None,
    ) -> tuple[Any, str]:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            worker, reason = stock_acquire(
                name, config, code, qualifier=qualifier, max_concurrency=max_concurrency or MOST
            )
            if worker is not None or time.monotonic() > deadline:
                return worker, reason
            with released:
                # The timeout covers a release between the look and the wait.
                released.wait(timeout=0.05)

    def release(worker: Any) -> None:  # noqa: ANN401 - the emulator's own class
        stock_release(worker)
        with released:
            released.notify()

    _wait_less_for_logs()
    lambda_svc.acquire_worker = acquire
    lambda_svc.release_worker = release


def _wait_less_for_logs() -> None:
    """Collect a worker's log lines without holding the answer back for 50 ms.

    The lines are in the pipe before the answer is; the thread that reads them only has to be
    given its turn. A line that misses it is collected by the next call.
    """
    stock = lambda_runtime.Worker._drain_stderr_bounded

    def drain(worker: Any) -> str:  # noqa: ANN401 - the emulator's own class
        lines: str = stock(worker, LOG_WAIT_SECONDS)
        return lines

    lambda_runtime.Worker._drain_stderr_bounded = drain
