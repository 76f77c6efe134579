"""`make run` from the outside, on the real deployment."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from infra.local import process, settings

pytestmark = pytest.mark.environment
ROOT = Path(__file__).resolve().parents[2]


def run(environment) -> float:
    """Run `make run`'s command; return the seconds it took."""
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "infra.local", "run"],
        cwd=ROOT,
        env={**os.environ, "PAPERTRAIL_HOME": str(environment.home)},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.monotonic() - begun


def test_it_answers_at_every_address(environment):
    with httpx.Client(trust_env=False, timeout=30) as client:
        for url in (environment.api_url, f"{environment.stage_url}/v1"):
            assert client.get(f"{url}/health").status_code == 200
        assert client.get(f"{environment.mailbox_url}/messages.json").status_code == 200


def test_nothing_changed_so_a_later_start_after_a_kill_is_quick(environment):
    chosen = settings.load({**os.environ, "PAPERTRAIL_HOME": str(environment.home)})
    os.killpg(process.running_pid(chosen), signal.SIGKILL)
    assert run(environment) < 10
    assert httpx.get(f"{environment.api_url}/health", timeout=30).status_code == 200
