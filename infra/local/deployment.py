"""A plain `chalice deploy` of a copy of the project, and when it is needed.

The copy lives in the environment's folder: chalice keeps its state beside the sources, and
the checkout stays clean. It holds what ships and nothing else, so nothing of this
package can get into the zip.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from infra.local.process import ROOT
from infra.local.settings import STAGE, Settings

SHIPPED = ("app.py", "chalicelib", "functions", "requirements.txt")
DEPLOYING = ("infra",)
IGNORED = {"__pycache__", "node_modules", "deployed", "deployments"}
LAUNCHER = ROOT / "infra" / "local"
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc", ".DS_Store")


class DeployFailedError(Exception):
    """chalice did not succeed; the message holds the end of what it said."""


def fingerprint(settings: Settings) -> str:
    """Return a digest of everything that a deployment depends on."""
    digest = hashlib.sha256(f"{sys.version}\n{settings.portal_url}\n{settings.aws_url}".encode())
    for path in _inputs():
        digest.update(f"{path.relative_to(ROOT)}\n".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    for name in (*SHIPPED, *DEPLOYING):
        source = ROOT / name
        for path in [source] if source.is_file() else sorted(source.rglob("*")):
            generated = IGNORED & set(path.relative_to(ROOT).parts)
            if path.is_file() and not generated and not path.is_relative_to(LAUNCHER):
                yield path


def copy_project(settings: Settings) -> Path:
    """Copy what ships into the environment's folder and return that; chalice's state stays."""
    project = settings.home / "project"
    project.mkdir(exist_ok=True)
    for name in SHIPPED:
        source, target = ROOT / name, project / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=NOT_COPIED)
        elif source.exists():
            shutil.copy2(source, target)
    link = project / "vendor" / "functions"
    link.parent.mkdir(exist_ok=True)
    if not link.is_symlink():
        link.symlink_to("../functions", target_is_directory=True)
    return project


def chalice_deploy(settings: Settings, project: Path, environ: Mapping[str, str]) -> None:
    """Run `chalice deploy --stage local` in `project`; raise DeployFailedError when it fails."""
    log = settings.log_dir / "deploy.log"
    command = [str(Path(sys.executable).with_name("chalice")), "deploy", "--stage", STAGE]
    with log.open("wb") as output:
        done = subprocess.run(
            command,
            cwd=project,
            env=deploy_environment(settings, environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode:
        tail = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-20:])
        raise DeployFailedError(f"chalice deploy failed:\n{tail}\nAll of it: {log}")


def forget_old_packages(project: Path) -> None:
    """Remove all but the newest of the zips that chalice keeps for itself."""
    packages = (project / ".chalice" / "deployments").glob("*.zip")
    for old in sorted(packages, key=lambda path: path.stat().st_mtime)[:-1]:
        old.unlink()


def deploy_environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a deployment: the developer's own, pointed at the emulator."""
    return {
        **{name: value for name, value in environ.items() if not name.startswith("AWS_")},
        **settings.aws_environment(),
        # Compiled files would get into the zip and change its hash.
        "PYTHONDONTWRITEBYTECODE": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{environ.get('PATH', '')}",
    }


def api_id(settings: Settings) -> str:
    """Return the REST API's id from chalice's record of the deployment."""
    record = settings.home / "project" / ".chalice" / "deployed" / f"{STAGE}.json"
    for resource in json.loads(record.read_text(encoding="utf-8"))["resources"]:
        if resource["resource_type"] == "rest_api":
            found: str = resource["rest_api_id"]
            return found
    raise DeployFailedError(f"{record} names no REST API")
