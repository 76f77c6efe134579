# ruff: noqa: SLF001 - the emulator offers no public way in
"""DynamoDB streams across a restart.

The emulator keeps how far each reader has come, but not the records: a new process begins each
stream at nought, and a reader at 12 would wait for its thirteenth. Here readers begin with the
stream. What nobody had read before a kill is not in it any more; the product sweeps for that.
"""

from typing import Any

from ministack.services import lambda_svc


def install() -> None:
    """Let every reader of a stream begin at the start of what this process records."""
    stock = lambda_svc._restore_esm_positions

    def restore(store: Any, positions: Any) -> None:  # noqa: ANN401 - the emulator's own maps
        stock(store, positions)
        if store is lambda_svc._dynamodb_stream_positions:
            for key in list(store._data):
                store._data[key] = 0

    lambda_svc._restore_esm_positions = restore
