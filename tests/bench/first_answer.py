# ruff: noqa: PLC0415 - when something is imported is what is measured
"""What Lambda does to start a function and have its first event answered, timed in a fresh process.

Run by path, without site-packages: `python -S first_answer.py FOLDER RECORDING HANDLER [MORE]`.
FOLDER is the unpacked zip, RECORDING a pickle, HANDLER as Lambda is told it, or "bare"; MORE is a
folder with boto3, for the bare one. Prints processor milliseconds as JSON: after the import, and
after the first answer.
"""

import importlib
import json
import pickle
import sys
import time
from pathlib import Path
from typing import Any


def main(folder: str, recording_file: str, handler: str, more: str = "") -> None:
    """Start, answer once, tell what it took."""
    recording = pickle.loads(Path(recording_file).read_bytes())
    sys.path[:] = [folder, *sys.path[1:], str(Path(__file__).parent), *([more] if more else [])]
    import replay

    exchanges = [replay.Exchange(**each) for each in recording["exchanges"]]
    began = time.process_time()
    answer = _bare(recording) if handler == "bare" else _ours(recording, handler)
    imported = time.process_time()
    with replay.replaying(exchanges):
        given = answer()
    answered = time.process_time()
    told = {"import_ms": (imported - began) * 1000, "answer_ms": (answered - began) * 1000}
    status = given.get("statusCode") if isinstance(given, dict) else None
    sys.stderr.write(json.dumps(told | {"status": status}))


def _ours(recording: dict[str, Any], handler: str) -> Any:
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)

    def answer() -> Any:
        from chalicelib import wiring

        # What was recorded happened at another time.
        wiring.wired().now = lambda: recording["moment"]
        return function(recording["event"], None)

    return answer


def _bare(recording: dict[str, Any]) -> Any:
    importlib.import_module("chalice")
    importlib.import_module("boto3")

    def answer() -> Any:
        from bare import Bare

        made = Bare(calls=recording["calls"], links=recording["links"], **recording["answer"])
        return made.answer(recording["event"]) if recording["answer"] else made.work()

    return answer


if __name__ == "__main__":
    main(*sys.argv[1:])
