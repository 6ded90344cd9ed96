"""The form of the ids that data names: of a tenant, and of a control.

Data is written by others. An id of another form never becomes a part of a path, a URL, a plan or a key of the store:
``..`` would lead to another resource however it is quoted.
"""

import re

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
