"""Every page and address of the desk over HTTP, beside the least that Django can do, the limit, and a peer: `manage.py bench`."""
