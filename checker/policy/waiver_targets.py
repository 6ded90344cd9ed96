"""What a waiver covers by its names: the one place that tells a waiver of nothing from one that isn't needed."""

from collections.abc import Callable, Sequence

from checker.documents.suggest import did_you_mean
from checker.policy.model import PolicyRequirement, PolicySet
from checker.policy.waivers import WaiverEntry
from checker.requirements.terms.pattern import control_matcher, is_pattern, matcher
from checker.requirements.terms.vocabulary import Vocabulary
from checker.requirements.words import WordGroup, WordKind

# Finding the nearest name compares it with every other, so only as many waivers get a hint as a person would fix.
_HINTS = 20


class WaiverTargets:
    """The requirements of a run, by name."""

    def __init__(self, policies: PolicySet, words: Vocabulary) -> None:
        """Keeps them by name.

        Args:
            policies: of the run.
            words: what the tenant and the catalogue know.
        """
        self._words = words
        self._hints = _HINTS
        self._by_name = {
            one.summary.name.casefold(): one for policy in policies.policies for one in policy.requirements
        }

    def covered(self, waiver: WaiverEntry) -> list[PolicyRequirement]:
        """The requirements that the waiver names, whatever its control."""
        name = waiver.requirement.casefold()
        if not is_pattern(name):
            return [self._by_name[name]] if name in self._by_name else []
        covers = matcher([name])
        return [one for folded, one in self._by_name.items() if covers(folded)]

    def mistake(self, waiver: WaiverEntry) -> str | None:
        """Why the waiver can't cover anything, as a clause; None where it can."""
        covered = self.covered(waiver)
        if not covered:
            if not self._by_name:
                return None
            hint = "" if is_pattern(waiver.requirement) else self._hint(waiver.requirement, list(self._by_name))
            return f"no requirement is named {waiver.requirement}{hint}"
        if waiver.control is None:
            return None
        return self._control_mistake(waiver.requirement, waiver.control, covered)

    def _control_mistake(self, name: str, control: str, covered: Sequence[PolicyRequirement]) -> str | None:
        if any(one.entry.per_control for one in covered):
            typo = next(self._words.typos([WordGroup(WordKind.CONTROL, (control,))]), None)
            return typo.message if typo is not None else None
        named = [word for one in covered for group in one.entry.words() for word in _ids(group)]
        if not named:
            return f"{name} is not about single controls, so a waiver of {control} does not cover it"
        if _overlap(control, named):
            return None
        return f"{name} is not about {control}{self._hint(control, named)}"

    def _hint(self, word: str, words: list[str]) -> str:
        self._hints -= 1
        return did_you_mean(word, words) if self._hints >= 0 else ""


def _ids(group: WordGroup) -> tuple[str, ...]:
    return group.words if group.kind is WordKind.CONTROL and group.decides else ()


def _overlap(control: str, named: Sequence[str]) -> bool:
    """Whether a waiver's control, which may be a pattern, can mean one of the ids and patterns of a requirement."""
    covers: Callable[[str], bool] = control_matcher([control])
    if is_pattern(control) and any(map(is_pattern, named)):
        # Two patterns: nobody can tell without a tenant.
        return True
    return any(covers(name) for name in named) or control_matcher(named)(control)
