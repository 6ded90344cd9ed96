"""azure-identity and msal, unchanged: a device code that a person finishes on its page, and an application's sign-in.

Reads {"authority", "tenant", "clientId", "clientSecret"} from standard input, writes whose tokens it got as JSON.
"""

import base64
import json
import re
import ssl
import sys
import threading
import urllib.parse
import urllib.request

import msal
import requests
from azure.identity import ClientSecretCredential, DeviceCodeCredential

GIVEN = json.load(sys.stdin)
AUTHORITY = f"{GIVEN['authority']}/{GIVEN['tenant']}"
SCOPE = "https://graph.microsoft.com/SecurityEvents.Read.All"
DEFAULT = "https://graph.microsoft.com/.default"


def visit(address, code):
    """What a person does in a browser: opens the page, types the code, and signs in."""
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl.create_default_context())
    )
    opener.open(address, timeout=30).read()

    def send(**fields):
        return opener.open(address, urllib.parse.urlencode(fields).encode(), timeout=30).read().decode()

    (user,) = re.findall(r'<option value="([^"]*)"', send(code=code))
    send(code=code, user=user, answer="approve")


def claims(token):
    """The claims of an access token, which a client has no business to read."""
    encoded = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(encoded + "=" * (-len(encoded) % 4)))


def by_azure_identity():
    """The names of who signed in by azure-identity."""
    person = DeviceCodeCredential(
        GIVEN["clientId"],
        tenant_id=GIVEN["tenant"],
        authority=GIVEN["authority"],
        disable_instance_discovery=True,
        prompt_callback=lambda address, code, _: threading.Thread(target=visit, args=(address, code)).start(),
    )
    application = ClientSecretCredential(
        GIVEN["tenant"],
        GIVEN["clientId"],
        GIVEN["clientSecret"],
        authority=GIVEN["authority"],
        disable_instance_discovery=True,
    )
    return [claims(person.get_token(SCOPE).token)["upn"], claims(application.get_token(DEFAULT).token)["appid"]]


def by_msal():
    """The names of who signed in by msal, and what a wrong secret gets."""
    session = requests.Session()
    session.trust_env = True
    settings = {"authority": AUTHORITY, "instance_discovery": False, "http_client": session}
    public = msal.PublicClientApplication(GIVEN["clientId"], **settings)
    flow = public.initiate_device_flow([SCOPE])
    threading.Thread(target=visit, args=(flow["verification_uri"], flow["user_code"])).start()
    person = public.acquire_token_by_device_flow(flow)
    silent = public.acquire_token_silent([SCOPE], public.get_accounts()[0])

    def application(secret):
        client = msal.ConfidentialClientApplication(GIVEN["clientId"], client_credential=secret, **settings)
        return client.acquire_token_for_client([DEFAULT])

    return {
        "person": claims(person["access_token"])["upn"],
        "silent": silent["access_token"] == person["access_token"],
        "application": claims(application(GIVEN["clientSecret"])["access_token"])["appid"],
        "wrong": application("wrong")["error_codes"],
    }


print(json.dumps({"azure": by_azure_identity(), "msal": by_msal()}))
