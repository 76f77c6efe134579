"""Fifty people at once on a deployed local environment."""
