"""Keeps `.chalice/deployed/STAGE.json` in the stage's vault.

The file says which API, functions and roles Chalice made; without it the next deploy would make a
second API. The vault keeps every version of it, so two operators can take turns and a lost
checkout loses nothing. Beside it, `STAGE.synced.json` remembers what was last seen in the vault.
"""

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from infra.aws import Aws
from infra.stage import ROOT


class StateConflict(Exception):
    """Both this checkout and somebody else deployed since they last agreed."""


class StateUnreadable(Exception):
    """A file that Chalice or this module keeps is not as it was written."""


@dataclass(frozen=True, slots=True)
class DeployedState:
    """The deployed state of one stage, here and in the vault."""

    aws: Aws
    vault: str
    stage: str
    project: Path = ROOT

    @property
    def file(self) -> Path:
        """Where Chalice reads and writes it."""
        return self.project / ".chalice" / "deployed" / f"{self.stage}.json"

    @property
    def key(self) -> str:
        """Its key in the vault."""
        return f"deployments/{self.stage}.json"

    def resources(self) -> dict[str, dict[str, Any]]:
        """What Chalice deployed, by resource name; empty before the first deploy.

        Raises:
            StateUnreadable: the file is spoiled; says what to do.
        """
        if not self.file.exists():
            return {}
        try:
            document = json.loads(self.file.read_text(encoding="utf-8"))
            return {str(resource["name"]): dict(resource) for resource in document["resources"]}
        except (ValueError, TypeError, KeyError, RecursionError) as error:
            raise StateUnreadable(
                f"{self.file} is not as Chalice writes it. Remove it, and pull the one before from "
                f"s3://{self.vault}/{self.key}, which keeps every version."
            ) from error

    def api_url(self) -> str:
        """The address that API Gateway gave; empty before the first deploy."""
        return str(self.resources().get("rest_api", {}).get("rest_api_url", ""))

    def pull(self) -> str:
        """Bring the vault's state here, before a deploy; tells what was done.

        Raises:
            StateConflict: this checkout holds a deploy that the vault does not know, and the
                vault one that this checkout does not know.
        """
        here, (there, etag) = self._here(), self._there()
        if there is None or here == there:
            self._remember(here if there is not None else None, etag)
            return "nothing newer in the vault"
        synced = self._synced()
        if here is None or _digest(here) == synced["sha256"]:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            self.file.write_bytes(there)
            self._remember(there, etag)
            return "took the state from the vault"
        if etag == synced["etag"]:
            return "this checkout is newer; push it"
        raise StateConflict(
            f"{self.file} and s3://{self.vault}/{self.key} both changed since they last agreed. "
            "Compare them, keep the one that names the API now in use, and pull or push again."
        )

    def push(self) -> str:
        """Put the state into the vault, after a deploy; tells what was done.

        Raises:
            StateConflict: somebody else pushed since the last pull.
        """
        here, (there, etag) = self._here(), self._there()
        if here is None:
            return "nothing deployed from here"
        if here != there:
            expected = self._synced()["etag"]
            if etag != expected:
                raise StateConflict(f"s3://{self.vault}/{self.key} changed since the last pull")
            etag = self._put(here, expected)
        self._remember(here, etag)
        return "the vault already had it" if here == there else "put into the vault"

    def _put(self, body: bytes, expected: str) -> str:
        guard = {"IfMatch": expected} if expected else {"IfNoneMatch": "*"}
        try:
            answer = self.aws.client("s3").put_object(
                Bucket=self.vault,
                Key=self.key,
                Body=body,
                ContentType="application/json",
                ChecksumAlgorithm="SHA256",
                **guard,
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != "PreconditionFailed":
                raise
            raise StateConflict(f"s3://{self.vault}/{self.key} was changed just now") from error
        return str(answer["ETag"])

    def _here(self) -> bytes | None:
        return self.file.read_bytes() if self.file.exists() else None

    def _there(self) -> tuple[bytes | None, str]:
        try:
            answer = self.aws.client("s3").get_object(Bucket=self.vault, Key=self.key)
        except ClientError as error:
            if error.response["Error"]["Code"] != "NoSuchKey":
                raise
            return None, ""
        return answer["Body"].read(), answer["ETag"]

    @property
    def _memory(self) -> Path:
        return self.file.with_suffix(".synced.json")

    def _synced(self) -> dict[str, str]:
        if not self._memory.exists():
            return {"sha256": "", "etag": ""}
        try:
            memory = json.loads(self._memory.read_text(encoding="utf-8"))
            return {"sha256": str(memory["sha256"]), "etag": str(memory["etag"])}
        except (ValueError, TypeError, KeyError, RecursionError):
            # As if never agreed: then two different states are a conflict, which a person settles.
            return {"sha256": "", "etag": ""}

    def _remember(self, content: bytes | None, etag: str) -> None:
        if content is None:
            self._memory.unlink(missing_ok=True)
            return
        memory = {"sha256": _digest(content), "etag": etag}
        self._memory.write_text(json.dumps(memory) + "\n", encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
