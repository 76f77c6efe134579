"""PaperTrail's Chalice app: registers the blueprints, nothing else."""

import gc
import os

# What imports make stays for good. Looking through it for garbage, again and again while there is
# ever more of it, takes a tenth of a start (docs/decisions/0054-what-a-start-imports.md).
gc.disable()

from chalice.app import Chalice  # noqa: E402 - see above

from functions import http, web  # noqa: E402 - see above

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

gc.freeze()
gc.enable()
