"""Microsoft Entra's sign-in, emulated: it issues the tokens that the sandbox's Graph accepts."""
