"""The JSON API, one module per resource."""

from functions.http import (
    audit,
    documents,
    groups,
    health,
    nodes,
    nowhere,
    openapi,
    sessions,
    users,
    versions,
)

_MODULES = (audit, documents, groups, health, nodes, nowhere, openapi, sessions, users, versions)
DOORS = tuple(module.door for module in _MODULES)
