"""One file a command's answer: text, JSON and Markdown of everything but a report."""
