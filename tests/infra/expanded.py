"""The data stack as CloudFormation sees it after its transform: loops written out.

checkov knows no loops, so CI gives it this: `python -m tests.infra.expanded FILE`.
"""

import json
import sys
from pathlib import Path
from typing import Any

from cfnlint.decode.cfn_yaml import load
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension

from infra.stack import TEMPLATE


def expanded() -> dict[str, Any]:
    """The template with every `Fn::ForEach` written out, as plain values."""
    template = Template(str(TEMPLATE), load(str(TEMPLATE)), regions=["eu-west-1"])
    faults, plain = language_extension(template)
    if faults:
        raise ValueError(faults)
    return json.loads(json.dumps(plain))


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(expanded(), indent=1), encoding="utf-8")
