"""What every request passes through, and the servers that take requests from other processes."""
