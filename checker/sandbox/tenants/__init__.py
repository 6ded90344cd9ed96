"""The sandbox's tenants: what Graph says of each, made up from a seed."""
