"""A copy whose answer is lost is repeated by the SDK, and kept once all the same."""

import pytest

from tests.contract.test_files import MIB, S3Bench, in_parts, keep, sent

PARTS = 5 * MIB


class Repeating:
    """A client whose SDK loses the first answer to some operations, and sends them again."""

    def __init__(self, client, *operations):
        self._client, self._operations = client, operations

    def __getattr__(self, name):
        work = getattr(self._client, name)
        if name not in self._operations:
            return work

        def twice(**asked):
            work(**asked)
            return work(**asked)

        return twice


@pytest.mark.parametrize(
    ("operation", "body", "parts"),
    [
        ("copy_object", b"in one piece", {}),
        ("complete_multipart_upload", in_parts(), {"part_size": PARTS}),
    ],
)
def test_a_repeated_copy_is_kept_once(object_store, operation, body, parts):
    bench = S3Bench(object_store)
    version = sent(bench, body, **parts)
    bench.files._s3 = Repeating(object_store.client, operation)
    kept = keep(bench, version)
    assert bench.kept() == [kept.object]
    assert kept.first == body[:4096]
