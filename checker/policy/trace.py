"""Requirements → the layers that they were decoded from.

The sources are read again: only commands that explain a policy ask, and no other run should keep every document.
"""

from checker.documents.decode import MismatchError, convert
from checker.documents.document import Document
from checker.documents.yaml_reader import Unreadable, read_yaml
from checker.policy.decode import decode_requirement
from checker.policy.layers import Layered, layer_policy
from checker.policy.model import PolicyFile, PolicySet


def trace_layers(policies: PolicySet) -> dict[str, Layered]:
    """The layers of each requirement, by its name ``POLICY/ID``. What cannot be decoded is left out."""
    found: dict[str, Layered] = {}
    for name, data in policies.sources.items():
        try:
            documents = read_yaml(data, name)
        except Unreadable:
            continue
        for document in documents:
            if document.value_at(("kind",)) == "Policy":
                found |= _trace_document(document)
    return found


def _trace_document(document: Document) -> dict[str, Layered]:
    try:
        metadata = convert(document.value, PolicyFile, document.written.get).metadata
    except MismatchError:
        return {}
    found: dict[str, Layered] = {}
    for layered in layer_policy(document):
        try:
            requirement = decode_requirement(layered, metadata)
        except MismatchError:
            continue
        found[requirement.summary.name] = layered.narrowed(type(requirement.entry))
    return found
