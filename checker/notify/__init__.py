"""Messages about a run: whether one is due, what it says, and sending it through Apprise (extra ``notify``)."""
