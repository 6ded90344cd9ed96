"""What a run knows to be secret, and the one filter that takes it out of everything that leaves the run."""

# What stands in place of a secret, as CI systems write it.
MARK = b"***"
