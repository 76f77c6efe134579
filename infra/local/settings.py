"""Where the local environment lives and how it is reached."""

import dataclasses
import json
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

STAGE = "local"
REGION = "us-east-1"
ACCOUNT = "000000000000"
HOST = "127.0.0.1"
DOMAIN = "portal.papertrail.internal"
ROOT_KEY_ID = "papertrail-local"
DEFAULT_PORT = 8000
SHUTDOWN_SECONDS = 15
KEPT = ("aws_port", "mailbox_port", "root_secret")


@dataclass(frozen=True)
class Settings:
    """One environment: its folder, its ports and the emulator's root credentials.

    `portal_port` comes from PAPERTRAIL_PORT; the other two ports and the secret
    are chosen at the first start and kept, because the emulator writes them into
    what it stores (queue URLs) and signs with them.
    """

    home: Path
    portal_port: int
    aws_port: int
    mailbox_port: int
    root_secret: str
    seed_admin: str | None = None

    @property
    def portal_url(self) -> str:
        """The portal's base URL, without a trailing slash."""
        return f"http://{HOST}:{self.portal_port}"

    @property
    def aws_url(self) -> str:
        """The endpoint that every AWS client of this environment talks to."""
        return f"http://{HOST}:{self.aws_port}"

    @property
    def mailbox_url(self) -> str:
        """The page with all mail sent; `/messages.json` beneath it for programs."""
        return f"http://{HOST}:{self.mailbox_port}"

    @property
    def emulator_dir(self) -> Path:
        """The emulator's own state: one JSON file per service."""
        return self.home / "emulator"

    @property
    def objects_dir(self) -> Path:
        """S3 objects, one file each."""
        return self.home / "objects"

    @property
    def log_dir(self) -> Path:
        """Logs of the environment and of the last deployment."""
        return self.home / "log"

    def aws_environment(self) -> dict[str, str]:
        """Return the variables that point an AWS client at this environment as its root."""
        return {
            "AWS_ENDPOINT_URL": self.aws_url,
            "AWS_ACCESS_KEY_ID": ROOT_KEY_ID,
            "AWS_SECRET_ACCESS_KEY": self.root_secret,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
        }


def load(environ: Mapping[str, str]) -> Settings:
    """Return this environment's settings, choosing and storing what is chosen once.

    Raises ValueError when PAPERTRAIL_PORT or PAPERTRAIL_SEED_ADMIN is malformed.
    """
    home = Path(environ.get("PAPERTRAIL_HOME") or ".local").resolve()
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    portal_port = _port(environ.get("PAPERTRAIL_PORT") or str(DEFAULT_PORT))
    path = home / "settings.json"
    kept = json.loads(path.read_text(encoding="utf-8")) if path.exists() else _chosen(portal_port)
    settings = Settings(
        home=home,
        portal_port=portal_port,
        seed_admin=_seed(environ.get("PAPERTRAIL_SEED_ADMIN")),
        **kept,
    )
    if not path.exists():
        _keep(path, settings)
    return settings


def with_free_ports(settings: Settings) -> Settings:
    """Return settings whose kept ports can be opened, choosing others where they cannot.

    Raises OSError when the portal's port is taken: that one was asked for.
    """
    _bind(settings.portal_port).close()
    try:
        for port in (settings.aws_port, settings.mailbox_port):
            _bind(port).close()
    except OSError:
        aws_port, mailbox_port = _free_ports(2, avoid=settings.portal_port)
        chosen = dataclasses.replace(settings, aws_port=aws_port, mailbox_port=mailbox_port)
        _keep(settings.home / "settings.json", chosen)
        return chosen
    return settings


def _bind(port: int) -> socket.socket:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((HOST, port))
    except OSError:
        bound.close()
        raise
    return bound


def _keep(path: Path, settings: Settings) -> None:
    kept = {name: getattr(settings, name) for name in KEPT}
    replace(path, json.dumps(kept, indent=2))


def _port(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) < 65536:  # noqa: PLR2004 - the range of TCP ports
        message = f"PAPERTRAIL_PORT must be a port number, not {text!r}"
        raise ValueError(message)
    return int(text)


def _seed(text: str | None) -> str | None:
    if not text:
        return None
    username, separator, password = text.partition(":")
    if not separator or not username or not password:
        message = "PAPERTRAIL_SEED_ADMIN must be username:password"
        raise ValueError(message)
    return text


def _chosen(portal_port: int) -> dict[str, Any]:
    aws_port, mailbox_port = _free_ports(2, avoid=portal_port)
    return {
        "aws_port": aws_port,
        "mailbox_port": mailbox_port,
        "root_secret": secrets.token_hex(20),
    }


def _free_ports(count: int, *, avoid: int) -> list[int]:
    bound = [_bind(0) for _ in range(count + 1)]
    ports = [one.getsockname()[1] for one in bound]
    for one in bound:
        one.close()
    return [port for port in ports if port != avoid][:count]


def replace(path: Path, text: str) -> None:
    """Write `text` to `path` so that a kill leaves either the old or the new file, mode 0600."""
    temporary = path.with_name(f"{path.name}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
