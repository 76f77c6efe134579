"""Run the tests, by lanes: `python -m tests.lanes [LANE ...]`.

Lanes that need a deployed environment share one, and run beside all others, whose words come last.
A lane that needs something this machine lacks gets it when it may (as root on Debian), and is left
out with a line that says how to get it otherwise. With CI=true that is a failure.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "build" / "test-environment"
PORT = "8099"
SEED = "operator:correct horse battery staple"
CHROMIUM = "chromium"


class Missing(Exception):
    """The lane cannot run here; the message says how it can."""


@dataclass(frozen=True)
class Lane:
    """Which tests, what they need, and whether that is a deployed environment."""

    marks: str
    prepare: Callable[[], dict[str, str]] = dict
    deployed: bool = False


def main(wanted: Sequence[str]) -> int:
    """Run the named lanes, or all; returns the exit status."""
    unknown = set(wanted) - set(LANES)
    if unknown:
        sys.stderr.write(f"There is no lane {', '.join(unknown)}; there are {', '.join(LANES)}.\n")
        return 2
    names = list(wanted or LANES)
    environ: dict[str, str] = {}
    left_out = []
    for name in names:
        try:
            environ |= LANES[name].prepare()
        except Missing as reason:
            sys.stderr.write(f"Lane {name} is left out. {reason}\n")
            left_out.append(name)
    chosen = [LANES[name] for name in names if name not in left_out]
    failed = bool(chosen) and not _passed(chosen, environ)
    return 1 if failed or (left_out and os.environ.get("CI")) else 0


def _passed(lanes: Sequence[Lane], environ: Mapping[str, str]) -> bool:
    """Run lanes that need a deployed environment beside those that do not: neither waits much."""
    apart = [lane for lane in lanes if not lane.deployed]
    deployed = [lane for lane in lanes if lane.deployed]
    if not deployed:
        return _pytest(apart, environ).wait() == 0
    with tempfile.TemporaryFile() as told:
        beside = _pytest(apart, environ, told) if apart else None
        try:
            passed = _pytest(deployed, {**environ, **_environment()}).wait() == 0
        except BaseException:
            if beside is not None:
                beside.terminate()
            raise
        finally:
            _stop()
        if beside is not None:
            passed = beside.wait() == 0 and passed
            told.seek(0)
            shutil.copyfileobj(told, sys.stdout.buffer)
            sys.stdout.flush()
    return passed


def _pytest(
    lanes: Sequence[Lane], environ: Mapping[str, str], told: IO[bytes] | None = None
) -> subprocess.Popen[bytes]:
    marks = " or ".join(f"({lane.marks})" for lane in lanes)
    return subprocess.Popen(
        [sys.executable, "-m", "pytest", "-m", marks],
        cwd=ROOT,
        env={**os.environ, **environ},
        stdout=told,
        stderr=told,
    )


def _environment() -> dict[str, str]:
    """Bring up an environment of the tests' own, from nothing."""
    _stop()
    shutil.rmtree(HOME, ignore_errors=True)
    started = subprocess.run(
        [sys.executable, "-m", "infra.local", "run"],
        cwd=ROOT,
        env={**os.environ, **_settings(), "PAPERTRAIL_SEED_ADMIN": SEED},
        check=False,
    )
    if started.returncode:
        raise SystemExit("The environment to test did not come up.")
    return _settings()


def _browser() -> dict[str, str]:
    return {"PAPERTRAIL_CHROMIUM": shutil.which(CHROMIUM) or _installed_chromium()}


def _installed_chromium() -> str:
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        subprocess.run(["apt-get", "install", "-y", "-qq", CHROMIUM], check=False)
    found = shutil.which(CHROMIUM)
    if found is None:
        raise Missing("The browser lane needs Chromium: sudo apt-get install chromium")
    return found


def _stop() -> None:
    subprocess.run(
        [sys.executable, "-m", "infra.local", "stop"],
        cwd=ROOT,
        env={**os.environ, **_settings()},
        stdout=subprocess.DEVNULL,
        check=True,
    )


def _settings() -> dict[str, str]:
    return {"PAPERTRAIL_HOME": str(HOME), "PAPERTRAIL_PORT": PORT}


LANES = {
    "here": Lane("not dynamodb_local and not environment and not browser and not faults"),
    "races": Lane("dynamodb_local and not faults"),
    "faults": Lane("faults"),
    "environment": Lane("environment", deployed=True),
    "browser": Lane("browser", _browser, deployed=True),
}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
