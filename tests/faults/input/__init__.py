"""Hostile input: sequences along the API's links, every parser, raw requests, raw events."""
