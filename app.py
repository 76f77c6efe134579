"""PaperTrail's Chalice app: registers the blueprints, nothing else."""

from chalice.app import Chalice

from functions import http, web
from functions.events.anchors import anchors
from functions.events.outbox import outbox
from functions.events.scans import scans
from functions.events.uploads import uploads

app = Chalice(app_name="papertrail")
app.api.binary_types = ["application/octet-stream", "font/woff2", "image/png", "image/x-icon"]

for blueprint in (*http.DOORS, *web.DOORS, anchors, outbox, scans, uploads):
    app.register_blueprint(blueprint)
