"""The states of all control profiles as Microsoft's Python SDK reads them, after somebody else has set some.

Reads {"graph", "authority", "tenant", "clientId", "clientSecret"} from standard input, writes {"id": [state, assignee,
comment]} of the newest entries as JSON.
"""

import asyncio
import json
import sys

from azure.identity.aio import ClientSecretCredential
from msgraph import GraphServiceClient

GIVEN = json.load(sys.stdin)


async def main():
    """Page by page."""
    credential = ClientSecretCredential(
        GIVEN["tenant"],
        GIVEN["clientId"],
        GIVEN["clientSecret"],
        authority=GIVEN["authority"],
        disable_instance_discovery=True,
    )
    client = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
    client.request_adapter.base_url = GIVEN["graph"] + "/v1.0"
    profiles = client.security.secure_score_control_profiles
    found, page = {}, await profiles.get()
    while page is not None:
        for profile in page.value or []:
            newest = profile.control_state_updates[-1]
            found[profile.id] = [newest.state, newest.assigned_to, newest.comment]
        page = await profiles.with_url(page.odata_next_link).get() if page.odata_next_link else None
    print(json.dumps(found))
    await credential.close()


asyncio.run(main())
