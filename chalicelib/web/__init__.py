"""The portal's looks: templates, static files, and the words values are shown in."""
