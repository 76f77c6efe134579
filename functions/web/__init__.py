"""The portal's pages."""

from functions.edge import PAGES
from functions.web import (
    account,
    administration,
    documents,
    folders,
    gate,
    nowhere,
    refusals,
    start,
    static,
)

_MODULES = (account, administration, documents, folders, gate, nowhere, start, static)
DOORS = tuple(module.door for module in _MODULES)
PAGES.render = refusals.render
