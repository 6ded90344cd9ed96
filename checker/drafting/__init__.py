"""Policy text that scoregate writes: what a tenant has reached, what it has declared, what is to be excepted."""
