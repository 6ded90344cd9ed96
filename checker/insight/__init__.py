"""Answers about a tenant without any policy, computed by the same core as the gate. Pure."""
