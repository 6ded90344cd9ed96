"""The sandbox: an emulation of Microsoft Graph's Secure Score and of Entra's sign-in.

It shares no code with what it tests, so that a mistake in one isn't repeated in the other.
"""
