"""Office365-REST-Python-Client, unchanged, with msal as its documentation has it.

Reads {"graph", "authority", "tenant", "clientId", "clientSecret"} from standard input, writes what it found as JSON.
"""

import json
import sys

import msal
from office365.azure_env import AzureEnvironment
from office365.graph_client import GraphClient

GIVEN = json.load(sys.stdin)
# It has a table of clouds, and no option for another address.
AzureEnvironment._authority_endpoints["Sandbox"] = {"graph": GIVEN["graph"], "login": GIVEN["authority"]}


def token():
    """A token as msal gives it."""
    application = msal.ConfidentialClientApplication(
        GIVEN["clientId"],
        client_credential=GIVEN["clientSecret"],
        authority=f"{GIVEN['authority']}/{GIVEN['tenant']}",
        instance_discovery=False,
    )
    return application.acquire_token_for_client(["https://graph.microsoft.com/.default"])


client = GraphClient(tenant=GIVEN["tenant"], environment="Sandbox", token_callback=token)


def profiles():
    """The collection, as yet without a query: an object keeps what was asked of it before."""
    return client.security.secure_score_control_profiles


everything = profiles().get_all(page_size=60).execute_query()
best = profiles().select(["id", "maxScore"]).order_by("maxScore desc").top(3).get().execute_query()
filtered = profiles().filter("service eq 'MDATP'").get_all().execute_query()
print(
    json.dumps(
        {
            "profiles": [profile.id for profile in everything],
            "best": [profile.properties for profile in best.current_page],
            "filtered": [profile.id for profile in filtered],
        }
    )
)
