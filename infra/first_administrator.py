"""Makes the first administrator of a stage, and the topmost folder with them as its manager.

    python -m infra.first_administrator --stage NAME            make them, once
    python -m infra.first_administrator --stage NAME --reset    they cannot sign in: new password

The settings come from `.chalice/config.json`, where the data stack's outputs are recorded. The
grant on the folder is an ordinary one that any manager may take away; administering opens nothing.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from chalicelib.config import Config
from chalicelib.documents.plant import plant_root
from chalicelib.identity.create_user import create_first_administrator
from chalicelib.identity.look_up import find_first_administrator
from chalicelib.identity.passwords import one_time_password
from chalicelib.identity.reset_password import reset_password
from chalicelib.wiring import Wiring

ACTOR = "system:first_administrator"
_USERNAME = "admin"
_CONFIG = Path(__file__).parent.parent / ".chalice" / "config.json"


def ensure_first_administrator(
    environ: Mapping[str, str], seed: str | None = None
) -> tuple[str, str | None]:
    """Make the administrator and the topmost folder, unless they are there.

    Args:
        environ: the functions' own environment (PAPERTRAIL_*).
        seed: "username:password" of somebody who need not change it, for automation; None makes
            `admin` with a long random password that must be changed at the first sign-in.

    Returns:
        The first administrator's user name, and the password if they were made just now.

    Raises:
        chalicelib.config.ConfigError: a setting is missing.
        chalicelib.errors.Invalid: the seed's user name cannot be.
    """
    wiring = Wiring(Config.read(environ))
    made: str | None = None
    user = find_first_administrator(wiring.registry)
    if user is None:
        username, _, given = (seed or "").partition(":")
        made = given or one_time_password(wiring.registry.new_secret())
        user = create_first_administrator(
            wiring.registry,
            actor=ACTOR,
            username=username or _USERNAME,
            password=made,
            must_change=not given,
        )
    plant_root(wiring.filing, manager_user_id=user.id)
    return user.username, made


def reset_first_administrator(environ: Mapping[str, str]) -> tuple[str, str]:
    """Give the first administrator a one-time password; ends their sessions, told in the log.

    Returns:
        The user name and the password.

    Raises:
        LookupError: there is no first administrator yet.
    """
    wiring = Wiring(Config.read(environ))
    user = find_first_administrator(wiring.registry)
    if user is None:
        raise LookupError("there is no first administrator yet; run without --reset")
    issued = reset_password(wiring.registry, ACTOR, user.id)
    return user.username, issued.password


def main(arguments: list[str]) -> None:
    """Run the command and print who may sign in."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--stage", required=True, help="Chalice stage whose data stack stands")
    parser.add_argument("--reset", action="store_true", help="issue a new one-time password")
    options = parser.parse_args(arguments)
    environ = {**os.environ, **_recorded(options.stage)}
    username, password = (
        reset_first_administrator(environ) if options.reset else ensure_first_administrator(environ)
    )
    print(f"user name  {username}")
    print(f"password   {password or 'as it was; --reset makes a new one'}")


def _recorded(stage: str) -> dict[str, str]:
    config = json.loads(_CONFIG.read_text(encoding="utf-8"))
    recorded: dict[str, str] = config["stages"][stage]["environment_variables"]
    return recorded


if __name__ == "__main__":
    main(sys.argv[1:])
