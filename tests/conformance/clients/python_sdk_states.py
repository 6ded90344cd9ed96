"""The states of all control profiles as Microsoft's Python SDK reads them, after somebody else has set some.

Reads {"graph", "authority", "tenant", "clientId", "clientSecret"} from standard input, writes {"id": [state, assignee,
comment]} of the newest entries as JSON.
"""

import asyncio
import json
import sys

from python_client import entered, every

GIVEN = json.load(sys.stdin)


async def main():
    """Page by page."""
    async with entered(GIVEN) as client:
        profiles = client.security.secure_score_control_profiles
        found = {}
        for profile in (await every(profiles, await profiles.get()))[0]:
            newest = profile.control_state_updates[-1]
            found[profile.id] = [newest.state, newest.assigned_to, newest.comment]
    print(json.dumps(found))


asyncio.run(main())
