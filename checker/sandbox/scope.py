"""The members that the sandbox adds to the ASGI scope of a request."""

CORRELATION = "scoregate.sandbox.correlation"
"""The ids of the request, which its response repeats."""

ON_CHANGE = "scoregate.sandbox.on_change"
"""A function to call once the request has changed something."""

CLOSE_CONNECTION = "scoregate.sandbox.close_connection"
"""A function that closes the connection at once; only the server adds it."""

ROUTE = "scoregate.sandbox.route"
"""The route that answers the request, where routes are loaded on use."""

SEND_PART = "scoregate.sandbox.send_part"
"""A function that sends one request of a batch as if it had come by itself; a request of a batch has none."""
