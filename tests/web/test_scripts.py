import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SOURCES = Path(__file__).parents[2] / "infra" / "assets"
NODE = shutil.which("node") or shutil.which("node", path=str(Path(sys.executable).parent))


def test_the_scripts_hold_their_own_tests():
    if NODE is None:
        pytest.fail("Node is missing: install requirements-dev.txt, which brings it")
    run = subprocess.run(
        [NODE, "--test", "js/"], cwd=SOURCES, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout
