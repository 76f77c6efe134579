"""Guards of what is deployed: the data stack's protections, and the policies' narrow words."""

import json
import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tests.support.report import ROOT

STACK = "infra/data_stack.yaml"
POLICIES = "infra/policies"
_RESOURCE = re.compile(r"  (\w+):\s*$")
_LOOSER: Mapping[str, str] = {
    r"(DeletionPolicy|UpdateReplacePolicy): Retain": r"\1: Delete",
    r"(BlockPublic\w+|IgnorePublicAcls|RestrictPublicBuckets): true": r"\1: false",
    r"(ObjectLockEnabled|DeletionProtectionEnabled|PointInTimeRecoveryEnabled): true": r"\1: false",
    r"(SqsManagedSseEnabled|BucketKeyEnabled|EnableKeyRotation): true": r"\1: false",
    r"Mode: (GOVERNANCE|COMPLIANCE)": "Mode: NONE",
    r"Status: Enabled": "Status: Suspended",
    r"SSEAlgorithm: aws:kms": "SSEAlgorithm: AES256",
    r"SSEType: KMS": "SSEType: AES256",
    r"ObjectOwnership: BucketOwnerEnforced": "ObjectOwnership: ObjectWriter",
    r"Effect: Deny": "Effect: Allow",
    r"aws:SecureTransport": "aws:CurrentTime",
    r"s3:TlsVersion": "s3:x-amz-acl",
    r"ArnNotLike": "ArnLike",
    r"s3:BypassGovernanceRetention": "s3:GetObject",
    r"s3:DeleteObjectVersion\b": "s3:GetObject",
    r"RetentionInDays: \d+": "RetentionInDays: 1",
}
_KIND = "stack and policies"


@dataclass(frozen=True)
class Deployed:
    """A guard in a file that is no module, and the whole file without it."""

    file: str
    where: str
    kind: str
    what: str
    line: int
    off: str


def found() -> Iterator[Deployed]:
    """Every guard of the data stack, then of each policy."""
    yield from _of_stack()
    for path in sorted((ROOT / POLICIES).glob("*.json")):
        yield from _of_policy(path.relative_to(ROOT).as_posix())


def _of_stack() -> Iterator[Deployed]:
    lines = (ROOT / STACK).read_text("utf-8").split("\n")
    resource = ""
    seen: dict[str, int] = {}
    for number, line in enumerate(lines):
        if match := _RESOURCE.match(line):
            resource = match[1]
        for pattern, looser in _LOOSER.items():
            if line.lstrip().startswith("#") or not re.search(pattern, line):
                continue
            changed = re.sub(pattern, looser, line)
            name = f"{resource} {' '.join(line.split()).lstrip('- ')}"
            seen[name] = seen.get(name, 0) + 1
            what = name.partition(" ")[2] + (f" ({seen[name]})" if seen[name] > 1 else "")
            off = "\n".join([*lines[:number], changed, *lines[number + 1 :]])
            yield Deployed(STACK, resource, _KIND, what, number + 1, off)


def _of_policy(file: str) -> Iterator[Deployed]:
    document = json.loads((ROOT / file).read_text("utf-8"))
    for index, statement in enumerate(document["Statement"]):
        where = statement.get("Sid", f"statement {index + 1}")
        for what, change in _widened(statement).items():
            wide = deepcopy(document)
            wide["Statement"][index] = {
                name: value for name, value in (statement | change).items() if value is not None
            }
            yield Deployed(file, where, _KIND, what, 1, json.dumps(wide))


def _widened(statement: Mapping[str, Any]) -> Mapping[str, Mapping[str, Any]]:
    """Ways in which a statement could allow more than it should (None: left out)."""
    if statement["Effect"] == "Deny":
        return {"denies": {"Effect": "Allow"}, "condition": {"Condition": None}}
    found: dict[str, Mapping[str, Any]] = {}
    actions = statement["Action"]
    if isinstance(actions, list):
        service = actions[0].partition(":")[0]
        found["actions are named"] = {"Action": [*actions, f"{service}:*"]}
        if statement["Resource"] != ["*"]:
            found["resources are named"] = {"Resource": ["*"]}
    if "Condition" in statement:
        found["condition"] = {"Condition": None}
    return found
