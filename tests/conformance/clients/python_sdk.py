"""Microsoft's Python SDK against the served sandbox, unchanged; run by an environment of its own.

Reads {"graph", "authority", "tenant", "clientId", "clientSecret", "control", "denied"} from standard input, writes what
it found as JSON.
"""

import asyncio
import json
import sys

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.secure_score_control_profile import SecureScoreControlProfile
from msgraph.generated.models.security_vendor_information import SecurityVendorInformation
from python_client import entered, every

GIVEN = json.load(sys.stdin)


async def patched(profiles, state, comment, *, prefer=None):
    """The answer to a PATCH of one profile's state."""
    body = SecureScoreControlProfile(
        vendor_information=SecurityVendorInformation(provider="SecureScore", vendor="Microsoft"),
        additional_data={"state": state, "comment": comment, "assignedTo": "secops@contoso.example"},
    )
    configuration = RequestConfiguration()
    if prefer:
        configuration.headers.add("Prefer", prefer)
    return await profiles.by_secure_score_control_profile_id(GIVEN["control"]).patch(body, configuration)


async def refusal(awaitable):
    """Code, message and status of what Graph refuses."""
    try:
        await awaitable
    except ODataError as error:
        return [error.response_status_code, error.error.code, error.error.message]
    return None


async def main():
    """Everything that a client does with Secure Score."""
    async with entered(GIVEN) as client:
        await use(client)


async def use(client):
    """Reads, writes and is refused."""
    scores, profiles = client.security.secure_scores, client.security.secure_score_control_profiles
    all_scores, _ = await every(scores, await scores.get())
    all_profiles, pages = await every(profiles, await profiles.get())
    one = await profiles.by_secure_score_control_profile_id(GIVEN["control"]).get()
    silent = await patched(profiles, "ThirdParty", "first")
    told = await patched(profiles, "Reviewed", "second", prefer="return=representation")
    again = await profiles.by_secure_score_control_profile_id(GIVEN["control"]).get()
    newest = again.control_state_updates[-1]
    print(
        json.dumps(
            {
                "scores": [score.id for score in all_scores],
                "currentScore": all_scores[0].current_score,
                "controls": len(all_scores[0].control_scores),
                "profiles": [profile.id for profile in all_profiles],
                "pages": pages,
                "one": one.id,
                "patched": [silent is None, told.control_state_updates[-1].state],
                "newest": [newest.state, newest.comment, newest.assigned_to],
                "missing": await refusal(profiles.by_secure_score_control_profile_id("no-such").get()),
                "bad": await refusal(patched(profiles, "Nonsense", "third")),
            }
        )
    )


asyncio.run(main())
