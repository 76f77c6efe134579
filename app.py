"""PaperTrail's Chalice app: registers the blueprints, nothing else."""

from chalice.app import Chalice

from functions.edge import PAGES
from functions.events.anchors import anchors
from functions.events.outbox import outbox
from functions.events.scans import scans
from functions.events.uploads import uploads
from functions.http import (
    audit,
    documents,
    groups,
    health,
    nodes,
    openapi,
    sessions,
    users,
    versions,
)
from functions.web import (
    account,
    administration,
    folders,
    gate,
    refusals,
    start,
    static,
)
from functions.web import documents as document_pages

app = Chalice(app_name="papertrail")
app.api.binary_types = ["application/octet-stream", "font/woff2", "image/png", "image/x-icon"]

for module in (audit, documents, groups, health, nodes, openapi, sessions, users, versions):
    app.register_blueprint(module.door)
for pages in (account, administration, document_pages, folders, gate, start, static):
    app.register_blueprint(pages.door)
PAGES.render = refusals.render
for events in (anchors, outbox, scans, uploads):
    app.register_blueprint(events)
