"""HTTP: one client for Graph and one for sign-in, with the same trust, proxies and limits."""
