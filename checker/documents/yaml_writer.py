"""Plain values → YAML that our reader loads again as the same values."""

from collections.abc import Mapping

from checker.documents.pyyaml import yaml
from checker.documents.yaml_scalars import MAY_BE_PLAIN, plain_scalar

_WIDTH = 120
_ONE_LINE = 1_000_000


class _Dumper(yaml.SafeDumper):
    """PyYAML's, with text quoted wherever YAML 1.2 would take it for something else, and no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        """Aliases are refused by our reader."""
        del data
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    # What looks like a parameter is one only where the policy means it.
    quoted = (text[:1] in MAY_BE_PLAIN and plain_scalar(text) is not text) or text.startswith("${")
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if quoted else None)


_Dumper.add_representer(str, _text)


def write_yaml(documents: list[dict[str, object]]) -> bytes:
    """The documents in UTF-8, keys in their order."""
    text: str = yaml.dump_all(
        documents, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH, explicit_start=len(documents) > 1
    )
    return text.encode()


def write_yaml_flow(mapping: Mapping[str, object]) -> str:
    """A mapping between braces, in one line."""
    text: str = yaml.dump(
        dict(mapping),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_ONE_LINE,
        default_flow_style=True,
    )
    return text.rstrip("\n")
