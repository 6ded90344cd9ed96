"""Microsoft Graph's Secure Score, emulated."""
