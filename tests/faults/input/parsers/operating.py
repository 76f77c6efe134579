"""What operators write or keep: environment variables, stage files, deployed state, a key."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import strategies as st

from chalicelib.config import Config, ConfigError
from chalicelib.transaction import Table
from infra.aws import Aws
from infra.public_key import PublicKey
from infra.stage import ROOT, StageSettings, origin
from infra.state import DeployedState, StateUnreadable
from tests.faults.input import weird
from tests.faults.input.parser import Parser

_ENVIRON = {
    **{f"PAPERTRAIL_TABLE_{table.name}": table.value for table in Table},
    **{f"PAPERTRAIL_BUCKET_{name}": name.lower() for name in ("STAGING", "FILES", "VAULT")},
    **{f"PAPERTRAIL_{name}": "arn" for name in ("KEY_DATA", "KEY_ANCHOR", "STAGE", "MAIL_FROM")},
    **{f"PAPERTRAIL_{name}": "7" for name in ("RETENTION_DAYS", "MAX_DOCUMENT_BYTES")},
    **{f"PAPERTRAIL_{name}": "true" for name in ("ALLOW_HTTP", "REQUIRE_SCAN")},
}
_STAGES = [
    json.loads((ROOT / "infra" / "stages" / f"{name}.json").read_text())
    for name in ("local", "example")
]
_PEM = (
    ec.generate_private_key(ec.SECP256R1())
    .public_key()
    .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
)
_STATE = {"resources": [{"name": "rest_api", "rest_api_url": "https://x.example/api"}]}


def _stage(text: bytes) -> StageSettings:
    with TemporaryDirectory() as folder:
        (Path(folder) / "acme.json").write_bytes(text)
        return StageSettings.load("acme", folder=Path(folder))


def _stage_holds(_text: bytes, stage: StageSettings) -> None:
    assert stage.name == "acme"
    assert 1 <= stage.retention_days <= 36500
    assert origin(stage.public_url()) == "" or "://" in stage.public_url()
    assert StageSettings.model_validate_json(stage.model_dump_json()) == stage


def _config_holds(_environ: Any, config: Config) -> None:
    assert config.retention_days >= 1
    assert all(config.tables.values())


def _state(text: bytes) -> Any:
    with TemporaryDirectory() as folder:
        state = DeployedState(Aws(), "vault", "acme", Path(folder))
        state.file.parent.mkdir(parents=True)
        state.file.write_bytes(text)
        state._memory.write_bytes(text)
        return state.api_url(), state._synced()


def _textual(environ: Any) -> bool:
    return isinstance(environ, dict) and all(isinstance(value, str) for value in environ.values())


def _named(stage: Any) -> Any:
    return {**stage, "name": "acme"} if isinstance(stage, dict) else stage


def _octets(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


PARSERS = (
    Parser(
        name="environment variables",
        reads=("chalicelib.config:Config.read", "chalicelib.config:_number"),
        call=Config.read,
        cases=weird.value(st.just(_ENVIRON)).filter(_textual),
        refuses=(ConfigError,),
        holds=_config_holds,
        valid=(_ENVIRON,),
        monster=lambda text: {**_ENVIRON, "PAPERTRAIL_RETENTION_DAYS": text},
    ),
    Parser(
        name="file of a stage",
        reads=(
            "infra.stage:StageSettings.load",
            "infra.stage:_network",
            "infra.stage:_base_url",
            "infra.stage:origin",
        ),
        call=_stage,
        cases=weird.written(st.sampled_from(_STAGES).map(_named)),
        refuses=(ValueError,),
        holds=_stage_holds,
        valid=[json.dumps(_named(stage)).encode() for stage in _STAGES],
        monster=_octets,
        multiple=40,
    ),
    Parser(
        name="what was deployed",
        reads=(
            "infra.state:DeployedState.resources",
            "infra.state:DeployedState._synced",
        ),
        call=_state,
        cases=weird.written(st.just(_STATE)),
        refuses=(StateUnreadable,),
        valid=(json.dumps(_STATE).encode(),),
        monster=_octets,
        multiple=40,
    ),
    Parser(
        name="public key",
        reads=("infra.public_key:PublicKey.__init__",),
        call=PublicKey,
        cases=weird.octets(st.just(_PEM)),
        refuses=(ValueError, UnsupportedAlgorithm),
        holds=lambda _pem, key: _unsigned(key.genuine(b"message", b"signature")),
        valid=(_PEM,),
        monster=_octets,
    ),
)


def _unsigned(genuine: bool) -> None:  # noqa: FBT001 - an assertion's subject
    assert not genuine
