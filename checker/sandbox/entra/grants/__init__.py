"""The grants of the token endpoint, one file each; a new grant is a file and a line here."""

from checker.sandbox.entra.grants import authorization_code, client_credentials, device_code, refresh_token
from checker.sandbox.entra.model import Grant

GRANTS: dict[str, Grant] = {
    client_credentials.NAME: client_credentials.redeem,
    device_code.NAME: device_code.redeem,
    authorization_code.NAME: authorization_code.redeem,
    refresh_token.NAME: refresh_token.redeem,
}
"""By the `grant_type` of a request."""
