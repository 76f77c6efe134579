"""List prices, and what a scenario costs by them."""

from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.costs.measured import Counts

AS_OF = "us-east-1, on demand, 2026-11"
MEMORY_GB, BILLED_SECONDS = 1.0, 0.1
"""What a request is charged with besides its calls: Lambda's memory, and a tenth of a second."""


@dataclass(frozen=True)
class Price:
    """Dollars for a million of something, and AWS's page that says so."""

    dollars: float
    what: str
    page: str


PRICES: Mapping[str, Price] = {
    "read": Price(0.125, "DynamoDB read request unit", "https://aws.amazon.com/dynamodb/pricing/"),
    "write": Price(
        0.625, "DynamoDB write request unit", "https://aws.amazon.com/dynamodb/pricing/"
    ),
    "s3 put": Price(5.0, "S3 PUT, COPY, POST, LIST", "https://aws.amazon.com/s3/pricing/"),
    "s3 get": Price(0.4, "S3 GET, HEAD and all others", "https://aws.amazon.com/s3/pricing/"),
    "s3 free": Price(0.0, "S3 DELETE, abort", "https://aws.amazon.com/s3/pricing/"),
    "kms": Price(15.0, "KMS sign or verify (ECC_NIST_P256)", "https://aws.amazon.com/kms/pricing/"),
    "ses": Price(100.0, "SES message", "https://aws.amazon.com/ses/pricing/"),
    "lambda": Price(0.2, "Lambda request", "https://aws.amazon.com/lambda/pricing/"),
    "lambda seconds": Price(
        16.6667, "Lambda GB-second, x86", "https://aws.amazon.com/lambda/pricing/"
    ),
    "gateway": Price(
        3.5, "API Gateway REST request", "https://aws.amazon.com/api-gateway/pricing/"
    ),
}

_CLASSES: Mapping[str, str] = {
    "CopyObject": "s3 put",
    "PutObject": "s3 put",
    "CreateMultipartUpload": "s3 put",
    "CompleteMultipartUpload": "s3 put",
    "UploadPartCopy": "s3 put",
    "ListParts": "s3 put",
    "ListObjectVersions": "s3 put",
    "HeadObject": "s3 get",
    "GetObject": "s3 get",
    "DeleteObject": "s3 free",
    "AbortMultipartUpload": "s3 free",
    "Sign": "kms",
    "Verify": "kms",
    "SendEmail": "ses",
}


def classes(calls: Mapping[str, int]) -> Mapping[str, int]:
    """Calls by what they are charged as; those to DynamoDB are charged by units.

    Raises:
        KeyError: of an operation that no price is known for.
    """
    found: dict[str, int] = {}
    for name, count in calls.items():
        service, _, operation = name.partition(".")
        if service != "dynamodb":
            kind = _CLASSES[operation]
            found[kind] = found.get(kind, 0) + count
    return found


def calls_dollars(counts: Counts) -> float:
    """Dollars for a million: the calls to AWS alone."""
    charged = {"read": counts.read, "write": counts.write, **classes(counts.calls)}
    return sum(PRICES[kind].dollars * number for kind, number in charged.items())


def around_dollars(name: str) -> float:
    """Dollars for a million: what carries the request, which no call of ours changes."""
    function = PRICES["lambda"].dollars + PRICES["lambda seconds"].dollars * (
        MEMORY_GB * BILLED_SECONDS
    )
    return function if name.startswith("event ") else function + PRICES["gateway"].dollars


def units_dollars(read: float, write: float) -> float:
    """Request units weighed by their price: a write unit is five read units."""
    return PRICES["read"].dollars * read + PRICES["write"].dollars * write
