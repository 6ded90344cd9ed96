"""Microsoft's Python SDK signed in to a served sandbox; imported by the scripts beside it."""

from contextlib import asynccontextmanager

from azure.identity.aio import ClientSecretCredential
from msgraph import GraphServiceClient


@asynccontextmanager
async def entered(given):
    """The SDK's client, by {"graph", "authority", "tenant", "clientId", "clientSecret"}."""
    credential = ClientSecretCredential(
        given["tenant"],
        given["clientId"],
        given["clientSecret"],
        authority=given["authority"],
        disable_instance_discovery=True,
    )
    client = GraphServiceClient(credential, ["https://graph.microsoft.com/.default"])
    client.request_adapter.base_url = given["graph"] + "/v1.0"
    try:
        yield client
    finally:
        await credential.close()


async def every(collection, first):
    """All items of a collection page by page, and the number of pages."""
    found, page = [], first
    pages = 0
    while page is not None:
        pages += 1
        found.extend(page.value or [])
        link = page.odata_next_link
        page = await collection.with_url(link).get() if link else None
    return found, pages
