"""What a method needs, and the one message about what is missing."""

from collections.abc import Iterable

from checker.errors import UsageError

TENANT = "--tenant or AZURE_TENANT_ID"
CLIENT = "--client-id or AZURE_CLIENT_ID"


def demand(method: str, needs: Iterable[tuple[str, object]]) -> None:
    """Checks that everything is there.

    Args:
        method: what the method is called in a sentence.
        needs: what each thing is called, and its value.

    Raises:
        UsageError: naming all that is missing.
    """
    missing = [name for name, value in needs if not value]
    if missing:
        raise UsageError(
            f"sign-in by {method} needs {', '.join(missing)}",
            advice="Set what is missing, or name --snapshot PATH or --sandbox to judge without a tenant.",
        )
