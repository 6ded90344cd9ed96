"""What Microsoft's Python SDK asks beyond lists and items: selection, order, counts, a batch.

Reads {"graph", "authority", "tenant", "clientId", "clientSecret", "control"} from standard input, writes what it found
as JSON.
"""

import asyncio
import json
import sys

from kiota_abstractions.base_request_configuration import RequestConfiguration
from msgraph.generated.models.secure_score_control_profile import SecureScoreControlProfile
from msgraph.generated.models.security_vendor_information import SecurityVendorInformation
from msgraph.generated.security.secure_scores.secure_scores_request_builder import SecureScoresRequestBuilder
from msgraph_core.requests.batch_request_builder import BatchRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from python_client import entered

GIVEN = json.load(sys.stdin)
PARAMETERS = SecureScoresRequestBuilder.SecureScoresRequestBuilderGetQueryParameters


async def main():
    """All of them."""
    async with entered(GIVEN) as client:
        await use(client)


async def use(client):
    """Asks, and sends a batch."""
    scores, profiles = client.security.secure_scores, client.security.secure_score_control_profiles
    query = PARAMETERS(select=["id", "currentScore"], orderby=["createdDateTime asc"], top=3, count=True)
    page = await scores.get(RequestConfiguration(query_parameters=query))
    body = SecureScoreControlProfile(
        vendor_information=SecurityVendorInformation(provider="SecureScore", vendor="Microsoft"),
        additional_data={"state": "Ignored", "comment": "from a batch"},
    )
    one = profiles.by_secure_score_control_profile_id(GIVEN["control"])
    requests = {
        "scores": scores.to_get_request_information(RequestConfiguration(query_parameters=PARAMETERS(top=1))),
        "change": one.to_patch_request_information(body),
        "missing": profiles.by_secure_score_control_profile_id("no-such").to_get_request_information(),
    }
    batch = BatchRequestBuilder(client.request_adapter)
    items = {name: BatchRequestItem(request, id=name) for name, request in requests.items()}
    answered = await batch.post(BatchRequestContent(items))
    again = await one.get()
    print(
        json.dumps(
            {
                "oldest": [[score.id, score.current_score, score.max_score] for score in page.value],
                "count": [page.odata_count, await scores.count.get(), await profiles.count.get()],
                "statuses": answered.get_response_status_codes(),
                "changed": again.control_state_updates[-1].comment,
            }
        )
    )


asyncio.run(main())
