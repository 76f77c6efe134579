"""PaperTrail's Chalice app: registers the blueprints, nothing else."""

import os

from chalice.app import Chalice

from functions import http, web

app = Chalice(app_name="papertrail")
app.api.binary_types = ["application/octet-stream", "font/woff2", "image/png", "image/x-icon"]

for blueprint in (*http.DOORS, *web.DOORS):
    app.register_blueprint(blueprint)

# Lambda enters the API here and each worker in a module of its own. Chalice, when it deploys, wants
# to see all of them; the API's cold start does not.
if os.environ.get("_HANDLER") != "app.app":
    from functions.events.anchors import anchors
    from functions.events.outbox import outbox
    from functions.events.scans import scans
    from functions.events.uploads import uploads

    for worker in (anchors, outbox, scans, uploads):
        app.register_blueprint(worker)
