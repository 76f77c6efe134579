"""The settings of one environment, read once at cold start; a wrong one stops the start."""

from collections.abc import Mapping
from dataclasses import dataclass

from chalicelib.transaction import Table

_DIGITS = 15


class ConfigError(Exception):
    """A setting is missing or cannot be meant; names the environment variable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """What an environment is made of. Sizes in bytes, durations as named."""

    stage: str
    tables: Mapping[Table, str]
    staging_bucket: str
    files_bucket: str
    vault_bucket: str
    data_key: str
    anchor_key: str
    retention_days: int
    vault_retention_days: int
    mail_from: str
    portal_url: str
    allow_http: bool
    max_document_bytes: int
    require_scan: bool

    @classmethod
    def read(cls, environ: Mapping[str, str]) -> "Config":
        """Read and check PAPERTRAIL_* variables.

        Raises:
            ConfigError: the first variable that is missing or malformed.
        """
        return cls(
            stage=_text(environ, "STAGE"),
            tables={table: _text(environ, f"TABLE_{table.name}") for table in Table},
            staging_bucket=_text(environ, "BUCKET_STAGING"),
            files_bucket=_text(environ, "BUCKET_FILES"),
            vault_bucket=_text(environ, "BUCKET_VAULT"),
            data_key=_text(environ, "KEY_DATA"),
            anchor_key=_text(environ, "KEY_ANCHOR"),
            retention_days=_number(environ, "RETENTION_DAYS", 3650),
            vault_retention_days=_number(environ, "VAULT_RETENTION_DAYS", 35),
            mail_from=_text(environ, "MAIL_FROM"),
            portal_url=environ.get("PAPERTRAIL_PORTAL_URL", "").rstrip("/"),
            allow_http=_flag(environ, "ALLOW_HTTP"),
            max_document_bytes=_number(environ, "MAX_DOCUMENT_BYTES", 50 * 1024**3),
            require_scan=_flag(environ, "REQUIRE_SCAN"),
        )


def _text(environ: Mapping[str, str], name: str) -> str:
    value = environ.get(f"PAPERTRAIL_{name}", "").strip()
    if not value:
        raise ConfigError(f"PAPERTRAIL_{name} is not set")
    return value


def _number(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(f"PAPERTRAIL_{name}", "").strip() or str(default)
    fits = text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    if not fits or int(text) == 0:
        raise ConfigError(f"PAPERTRAIL_{name} must be a positive whole number, not {text[:40]!r}")
    return int(text)


def _flag(environ: Mapping[str, str], name: str) -> bool:
    text = environ.get(f"PAPERTRAIL_{name}", "").strip() or "false"
    if text not in ("true", "false"):
        raise ConfigError(f"PAPERTRAIL_{name} must be true or false, not {text!r}")
    return text == "true"
