"""What an operator decides about one stage: `infra/stages/NAME.json`, reviewed as code."""

from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

ROOT = Path(__file__).resolve().parent.parent
APP = "papertrail"
API_STAGE = "api"

API_HANDLER = "api_handler"
QUEUE_FUNCTION = "upload_arrived"
STREAM_FUNCTION = "deliver_outbox"
EVENT_FUNCTIONS = (
    "anchor_hourly",
    "anchor_nightly",
    "scan_verdict",
    "sweep_outbox",
    "sweep_uploads",
)
"""Functions that a schedule or a rule calls, asynchronously."""
FUNCTIONS = (API_HANDLER, QUEUE_FUNCTION, STREAM_FUNCTION, *EVENT_FUNCTIONS)

_NAME = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _network(text: str) -> str:
    return str(ip_network(text))


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.netloc or parts.query):
        raise ValueError("must be an http(s) URL without a query, or empty")
    return text.rstrip("/")


class Throttle(BaseModel):
    """How much of the API all callers together may use."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    requests_per_second: int = Field(default=100, ge=1)
    burst: int = Field(default=200, ge=1)


class StageSettings(BaseModel):
    """Settings of one stage. What has no default must be decided; unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=_NAME, max_length=30)
    mail_from: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    allowed_cidrs: tuple[Annotated[str, AfterValidator(_network)], ...] = Field(min_length=1)
    """Networks whose requests reach the API; everybody else is refused before any code runs."""
    portal_url: Annotated[str, AfterValidator(_base_url)] = ""
    """Empty: `https://domain_name`, or else the address that API Gateway gave."""
    retention_days: int = Field(default=3650, ge=1, le=36500)
    vault_days: int = Field(default=35, ge=1, le=36500)
    max_document_bytes: int = Field(default=50 * 1024**3, ge=1, le=5 * 1024**4)
    malware_scan: bool = False
    """GuardDuty scans each version, and none opens before a clean verdict."""
    alarm_email: str = ""
    domain_name: str = ""
    hosted_zone_id: str = ""
    certificate_arn: str = ""
    account_logs_role: bool = False
    """The stack gives API Gateway its account-wide role for access logs."""
    access_logs: bool = True
    throttle: Throttle = Throttle()
    reserved_concurrency: Mapping[str, int] = Field(default_factory=dict)
    """Function -> executions set aside for it, which are also its most."""
    emulated: bool = False
    """An emulator without TLS, which cannot tell senders of mail apart. Never on AWS."""

    @model_validator(mode="after")
    def _consistent(self) -> "StageSettings":
        unknown = set(self.reserved_concurrency) - set(FUNCTIONS)
        if unknown:
            raise ValueError(f"reserved_concurrency names no function of ours: {sorted(unknown)}")
        if self.domain_name and not (self.hosted_zone_id or self.certificate_arn):
            raise ValueError("domain_name needs hosted_zone_id or certificate_arn")
        if self.portal_url.startswith("http://") and not self.emulated:
            raise ValueError("portal_url must be https")
        return self

    @classmethod
    def load(cls, name: str, *, folder: Path = ROOT / "infra" / "stages") -> "StageSettings":
        """Read `NAME.json`; raises FileNotFoundError or pydantic's ValidationError."""
        text = (folder / f"{name}.json").read_text(encoding="utf-8")
        settings = cls.model_validate_json(text)
        if settings.name != name:
            raise ValueError(f"{name}.json describes the stage {settings.name!r}")
        return settings

    def public_url(self, api_url: str = "") -> str:
        """Where people find the portal, without trailing slash; empty while nobody knows."""
        if self.portal_url:
            return self.portal_url
        return f"https://{self.domain_name}" if self.domain_name else api_url.rstrip("/")


def function_name(stage: str, function: str) -> str:
    """The Lambda function's name, as Chalice gives it."""
    return f"{APP}-{stage}" if function == API_HANDLER else f"{APP}-{stage}-{function}"


def origin(url: str) -> str:
    """The origin (scheme://host[:port]) of a URL, as browsers send it; empty for none."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
