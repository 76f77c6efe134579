"""Deploys a stage: `python -m infra.deploy --stage NAME [STEP ...]`.

Each step can be run alone and repeated; where nothing differs it changes nothing.
Without a step: pull, stack, record, chalice, finish, push. The other one is `delete`.
"""

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.aws import Aws
from infra.finish import Deployment, NotDeployed, finish
from infra.locks import LockNotHeld, hold_locks
from infra.outputs import record
from infra.package import clean_bytecode
from infra.stack import Report, StackFailed, apply_stack, stack_exists, stack_outputs
from infra.stage import ROOT, StageSettings
from infra.state import DeployedState, StateConflict

DEPLOY = ("pull", "stack", "record", "chalice", "finish", "push")
STEPS = (*DEPLOY, "delete")
_REASONS = (NotDeployed, LockNotHeld, StackFailed, StateConflict)


@dataclass(frozen=True, slots=True)
class Operator:
    """Runs the steps for one stage of one project."""

    aws: Aws
    settings: StageSettings
    project: Path = ROOT
    report: Report = print

    def run(self, steps: Sequence[str]) -> None:
        """Run the named steps in the order given."""
        step_by_name: dict[str, Callable[[], list[str]]] = {
            "stack": self.stack,
            "pull": self.pull,
            "record": self.record,
            "chalice": self.chalice,
            "finish": self.finish,
            "push": lambda: [self._state().push()],
            "delete": self.delete,
        }
        for name in steps:
            self.report(f"{self.settings.name}: {name}")
            for line in step_by_name[name]() or ["nothing to change"]:
                self.report(f"  {line}")

    def deploy(self) -> None:
        """Every step, and once more where only the first deploy could tell the portal's URL."""
        before = self._portal_url()
        self.run(DEPLOY)
        if self._portal_url() != before:
            self.report(f"{self.settings.name}: the portal is at {self._portal_url()}; telling it")
            self.run(DEPLOY)

    def pull(self) -> list[str]:
        """Bring the state of the last deploy here, whoever made it."""
        if not stack_exists(self.aws, self.settings.name):
            return ["nothing deployed yet"]
        return [self._state().pull()]

    def stack(self) -> list[str]:
        """Bring the data stack and the locks of its buckets to what the stage says."""
        result = apply_stack(
            self.aws, self.settings, portal_url=self._portal_url(), report=self.report
        )
        changes = hold_locks(self.aws, self.settings, result.outputs)
        return (["created or updated the data stack"] if result.changed else []) + changes

    def record(self) -> list[str]:
        """Write the stack's outputs and the policies into `.chalice/`."""
        changed = record(
            self.settings,
            stack_outputs(self.aws, self.settings.name),
            portal_url=self._portal_url(),
            project=self.project,
        )
        return [f"wrote .chalice/{name}" for name in changed]

    def chalice(self) -> list[str]:
        """A plain `chalice deploy`."""
        self._chalice("deploy")
        return ["deployed"]

    def finish(self) -> list[str]:
        """Set what Chalice has no word for."""
        outputs = stack_outputs(self.aws, self.settings.name)
        return finish(Deployment(self.aws, self.settings, outputs, self._state().resources()))

    def delete(self) -> list[str]:
        """`chalice delete`: API, functions and roles go; the data stack stays."""
        self._chalice("delete")
        return ["deleted the API and its functions; all data is still there"]

    def _chalice(self, command: str) -> None:
        clean_bytecode(self.project)
        environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
        if self.aws.endpoint_url:
            environment["AWS_ENDPOINT_URL"] = self.aws.endpoint_url
        beside_python = Path(sys.executable).with_name("chalice")
        executable = str(beside_python) if beside_python.exists() else shutil.which("chalice")
        subprocess.run(
            [executable or "chalice", command, "--stage", self.settings.name],
            cwd=self.project,
            env=environment,
            check=True,
        )

    def _state(self) -> DeployedState:
        outputs = stack_outputs(self.aws, self.settings.name)
        return DeployedState(self.aws, outputs["BucketVault"], self.settings.name, self.project)

    def _portal_url(self) -> str:
        """The stage's own word, or the deployed API's; a fresh checkout asks the vault for it."""
        if known := self.settings.public_url():
            return known
        if not stack_exists(self.aws, self.settings.name):
            return ""
        state = self._state()
        if not state.file.exists():
            state.pull()
        return self.settings.public_url(state.api_url())


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line and run; 1 with a reason when a step cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m infra.deploy", description=__doc__)
    parser.add_argument("--stage", required=True, help="infra/stages/STAGE.json describes it")
    parser.add_argument("steps", nargs="*", metavar="STEP", help=", ".join(STEPS))
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.steps) - set(STEPS):
        parser.error(f"no such step: {', '.join(sorted(unknown))}")
    try:
        operator = Operator(Aws(), StageSettings.load(chosen.stage))
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    try:
        operator.run(chosen.steps) if chosen.steps else operator.deploy()
    except _REASONS as error:
        sys.stderr.write(f"{error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"chalice ended with {error.returncode}; repeat once it can succeed\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
