"""The form of the ids that data names: of a tenant, and of a control.

Data is written by others. An id of another form never becomes a part of a path, a URL, a plan or a key of the store:
``..`` would lead to another resource however it is quoted.
"""

import re
import uuid

# Graph's own are letters, digits and _, at most 70 of them, some with a prefix before a dot.
_CONTROL = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,999}"
# A GUID, or a domain where a person names it.
_TENANT = r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.)){0,252}"


def is_control_id(text: str) -> bool:
    """Whether the text has the form of a control's id; such a text is the same when it is quoted for a URL."""
    return re.fullmatch(_CONTROL, text) is not None


def is_tenant_id(text: str) -> bool:
    """Whether the text has the form of a tenant's id or domain."""
    return re.fullmatch(_TENANT, text) is not None


def pseudonym(tenant: str) -> str:
    """What redacted data has in the place of a tenant's id: the same for the same tenant, a GUID of version 5.

    Who suspects which tenant it is can compute it, and so confirm it.
    """
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"scoregate:tenant:{tenant.casefold()}")) if tenant else ""


def is_pseudonym(tenant: str) -> bool:
    """Whether an id has the form of those that ``pseudonym`` gives, which no tenant's own id has."""
    return re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", tenant) is not None


def is_same_tenant(one: str, other: str) -> bool:
    """Whether two ids are of one tenant; either may be redacted."""
    first, second = one.casefold(), other.casefold()
    return first == second or pseudonym(first) == second or first == pseudonym(second)
