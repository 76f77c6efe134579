"""Make the first administrator, in a process that has the functions' own environment.

The product reads its settings from the environment once; a process of its own keeps the
launcher's free of them. Prints {"username", "password"}; the password is null when the
administrator was there already.
"""

import json
import os
import subprocess
import sys
from collections.abc import Mapping

from infra.local.process import ROOT
from infra.local.settings import Settings


class NoAdministratorError(Exception):
    """The first administrator could not be made; the message holds the reason."""


def ensure(settings: Settings, functions_environment: Mapping[str, str]) -> dict[str, str]:
    """Return admin_username and, when it is known, admin_password.

    Raises NoAdministratorError.
    """
    seed = {"PAPERTRAIL_SEED_ADMIN": settings.seed_admin} if settings.seed_admin else {}
    done = subprocess.run(
        [sys.executable, "-m", "infra.local.administrator"],
        cwd=ROOT,
        env={
            "PATH": os.environ.get("PATH", ""),
            **settings.aws_environment(),
            **functions_environment,
            **seed,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoAdministratorError(f"no first administrator could be made:\n{done.stderr}")
    made = json.loads(done.stdout.splitlines()[-1])
    return {f"admin_{name}": value for name, value in made.items() if value is not None}


def main() -> None:
    """Make the administrator and print who it is."""
    # The product reads its settings here, in this process only.
    from infra.first_administrator import ensure_first_administrator  # noqa: PLC0415

    seed = os.environ.get("PAPERTRAIL_SEED_ADMIN")
    username, password = ensure_first_administrator(os.environ, seed)
    print(json.dumps({"username": username, "password": password}))


if __name__ == "__main__":
    main()
