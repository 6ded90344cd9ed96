"""The synthetic tenants: what Graph answers about each, decided by a seed."""
