"""Every parser that is fuzzed by itself, by what it reads."""

from tests.faults.input.parsers import (
    audit,
    documents,
    identity,
    operating,
    requests,
    shown,
    workers,
)

PARSERS = (
    *requests.PARSERS,
    *identity.PARSERS,
    *documents.PARSERS,
    *audit.PARSERS,
    *workers.PARSERS,
    *shown.PARSERS,
    *operating.PARSERS,
)
