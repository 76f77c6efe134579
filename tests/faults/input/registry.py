"""Which of our parsers is tried where; what is in neither list has been forgotten.

A parser is fuzzed by itself, or reached through whole requests at the door, or left out for a
reason that is told in the report.
"""

from collections.abc import Iterable, Mapping

from tests.faults.input.found import parsers
from tests.faults.input.parsers import PARSERS

AT_THE_DOOR = frozenset(
    {
        "chalicelib.documents.begin_upload:_check",
        "chalicelib.documents.begin_upload:resume",
        "chalicelib.documents.change_access:change_access",
        "chalicelib.documents.complete_upload:_open_upload",
        "chalicelib.documents.open:list_children",
        "chalicelib.documents.roll_back:_source",
        "chalicelib.documents.shares:_principal_key",
        "chalicelib.documents.shares:require_known",
        "chalicelib.identity.change_password:change_password",
        "chalicelib.identity.create_user:create_user",
        "functions.http.audit:_exported",
        "functions.http.nodes:_folders",
        "functions.idempotency:once",
        "functions.requests:_bytes",
        "functions.requests:_prefix",
        "functions.requests:read_request",
        "functions.web.start:_numbered",
    }
)
"""They refuse what only a whole request can ask: tests/faults/input/raw.py sends those."""

_OWN_ROWS = "rows of our own tables, which only the product writes, are believed"
_OWN_FILES = "files of the repository and of the build, which reviews and tests see"
_VENDOR = "an answer of the vendor's SDK; the contract tests run it"
LEFT_OUT: Mapping[str, str] = {
    "chalicelib.access.store:Lineages.epoch": _OWN_ROWS,
    "chalicelib.audit.anchor_hours:_shifted": "a period that this module wrote in the same run",
    "chalicelib.audit.vault_store:S3Vault.read": _VENDOR,
    "chalicelib.documents.end_upload:_end": _OWN_ROWS,
    "chalicelib.documents.file_store:S3Files._staged_size": _VENDOR,
    "chalicelib.documents.file_store:_base64": "a digest that the door has checked",
    "chalicelib.documents.open:verdict_of": _OWN_ROWS,
    "chalicelib.documents.rows:_upload_of": _OWN_ROWS,
    "chalicelib.dynamodb:DynamoDatabase.increment": _VENDOR,
    "chalicelib.dynamodb:DynamoDatabase.query": _VENDOR,
    "chalicelib.identity.recontext:_read": _OWN_ROWS,
    "chalicelib.web.assets:Assets.manifest": _OWN_FILES,
    "chalicelib.web.assets:Assets.read": _OWN_FILES,
    "infra.first_administrator:_recorded": _OWN_FILES,
    "infra.outputs:record": _OWN_FILES,
    "infra.package:_compiled_here": _OWN_FILES,
    "infra.package:_recorded": _OWN_FILES,
    "infra.package:clean_bytecode": _OWN_FILES,
    "infra.policies:_elements": _OWN_FILES,
    "infra.policies:_template": _OWN_FILES,
    "infra.verify:_conclude": "a moment out of a statement that bears our signature",
}


def registered() -> set[str]:
    """Every function that some registration stands for."""
    return {name for parser in PARSERS for name in parser.reads}


def forgotten(found: Iterable[str] | None = None) -> set[str]:
    """Parsers that are tried nowhere."""
    names = parsers() if found is None else set(found)
    return names - registered() - AT_THE_DOOR - LEFT_OUT.keys()
