"""Records a stage's stack outputs and settings where a plain `chalice deploy` reads them.

`.chalice/config.json` and `.chalice/policy-STAGE-FUNCTION.json` are made from
`infra/chalice_base.json`, `infra/policies/` and `infra/stages/`, and are not committed.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.policies import BUCKETS, INBOUND, TABLES, rendered_policies
from infra.stage import FUNCTIONS, ROOT, StageSettings

BASE = Path(__file__).with_name("chalice_base.json")


def lambda_environment(
    settings: StageSettings, outputs: Mapping[str, str], portal_url: str
) -> dict[str, str]:
    """The PAPERTRAIL_* variables of every function."""
    names = {f"PAPERTRAIL_TABLE_{table.upper()}": outputs[f"Table{table}"] for table in TABLES}
    names |= {f"PAPERTRAIL_BUCKET_{name.upper()}": outputs[f"Bucket{name}"] for name in BUCKETS}
    return names | {
        "PAPERTRAIL_STAGE": settings.name,
        "PAPERTRAIL_QUEUE_UPLOADS": outputs["QueueUploads"],
        "PAPERTRAIL_KEY_DATA": outputs["KeyData"],
        "PAPERTRAIL_KEY_ANCHOR": outputs["KeyAnchor"],
        "PAPERTRAIL_WORK_STREAM_ARN": outputs["WorkStreamArn"],
        "PAPERTRAIL_RETENTION_DAYS": str(settings.retention_days),
        "PAPERTRAIL_VAULT_RETENTION_DAYS": str(settings.vault_days),
        "PAPERTRAIL_MAX_DOCUMENT_BYTES": str(settings.max_document_bytes),
        "PAPERTRAIL_REQUIRE_SCAN": str(settings.malware_scan).lower(),
        "PAPERTRAIL_MAIL_FROM": settings.mail_from,
        "PAPERTRAIL_PORTAL_URL": portal_url,
        "PAPERTRAIL_ALLOW_HTTP": str(portal_url.startswith("http://")).lower(),
    }


def stage_section(
    settings: StageSettings, outputs: Mapping[str, str], portal_url: str
) -> dict[str, Any]:
    """What `config.json` says under `stages` for this stage."""
    functions: dict[str, dict[str, Any]] = {
        name: {"iam_policy_file": _policy_file(settings.name, name)} for name in FUNCTIONS
    }
    for name, executions in settings.reserved_concurrency.items():
        functions[name]["reserved_concurrency"] = executions
    section: dict[str, Any] = {
        "environment_variables": lambda_environment(settings, outputs, portal_url),
        "tags": {"papertrail:stage": settings.name},
        "api_gateway_policy_file": _policy_file(settings.name, INBOUND),
        "lambda_functions": functions,
    }
    if settings.domain_name:
        section["api_gateway_custom_domain"] = {
            "domain_name": settings.domain_name,
            "certificate_arn": outputs["ApiCertificateArn"],
            "tls_version": "TLS_1_2",
        }
    return section


def record(
    settings: StageSettings,
    outputs: Mapping[str, str],
    *,
    portal_url: str = "",
    project: Path = ROOT,
) -> list[str]:
    """Write the stage into `.chalice/`, leaving other stages alone; returns the files changed."""
    folder = project / ".chalice"
    config_file = folder / "config.json"
    config = json.loads(BASE.read_text(encoding="utf-8"))
    recorded = json.loads(config_file.read_text(encoding="utf-8")) if config_file.exists() else {}
    section = stage_section(settings, outputs, portal_url)
    config["stages"] = {**recorded.get("stages", {}), settings.name: section}
    documents = {"config.json": config} | {
        _policy_file(settings.name, name): document
        for name, document in rendered_policies(settings, outputs).items()
    }
    return [name for name, document in documents.items() if _written(folder / name, document)]


def _policy_file(stage: str, name: str) -> str:
    return f"policy-{stage}-{name}.json"


def _written(path: Path, document: Any) -> bool:  # noqa: ANN401 - JSON
    text = json.dumps(document, indent=2) + "\n"
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return True
