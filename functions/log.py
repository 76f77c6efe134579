"""Structured logs: one JSON line per event; never a body, a name, a token or an address."""

from aws_lambda_powertools import Logger

logger = Logger(service="papertrail", log_uncaught_exceptions=False)
