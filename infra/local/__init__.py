"""The local environment: MiniStack and a real deployment, behind one command.

Nothing in this package is shipped: the zip is built from a copy of the project
that does not contain `infra/`.
"""
