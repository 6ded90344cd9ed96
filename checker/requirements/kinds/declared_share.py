"""``declaredShare``: of the points earned, how many nobody observed."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from checker.presentation.words import shown
from checker.report.finding import Judgement, Quantity
from checker.report.outcome import Outcome, Reason, Unit
from checker.requirements.direction import Directions, falling
from checker.requirements.entry import Case, Entry
from checker.requirements.terms.evidence import first, in_doubt
from checker.requirements.terms.minimum import Percent, worded
from checker.requirements.terms.score_judgement import score_judgement
from checker.requirements.terms.totals import untrusted_total
from checker.tenant.numbers import at_most


class MaximumPercent(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A limit in percent."""

    percent: Percent


class DeclaredShareTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The largest share."""

    maximum: Annotated[MaximumPercent, Meta(description="The largest share of the points earned, in percent.")]


class DeclaredShare(Entry, frozen=True, kw_only=True, forbid_unknown_fields=True, rename="camel"):
    """A limit on the share of declared points among the points earned."""

    directions: ClassVar[Directions] = {
        **Entry.directions,
        "declared_share": falling(lambda entry: entry.declared_share.maximum.percent),
    }

    declared_share: Annotated[DeclaredShareTerms, Meta(description="How many of the points may be declared.")]

    @property
    def _limit(self) -> Quantity:
        return Quantity(self.declared_share.maximum.percent, Unit.PERCENT)

    def sentence(self) -> str:
        """What is asked for."""
        return f"at most {worded(self._limit)} of the points earned may be declared and not observed"

    def idle_reasons(self) -> Iterator[str]:
        """A limit that no share exceeds."""
        if self._limit.value == 100:
            yield "no share exceeds 100 %"

    def judge(self, case: Case) -> list[Judgement]:
        """One finding; skipped where no point was earned."""
        limit = self._limit
        doubt = untrusted_total(case.tenant, limit, needs_maximum=False)
        if doubt is not None:
            return [doubt]
        declared = case.totals.declared
        shares = declared.percents
        if shares is None:
            text = "the tenant has earned no points, so a share of them is not applicable"
            return [score_judgement(Outcome.SKIPPED, Reason.NOT_APPLICABLE, text, limit)]
        beside = float(limit.value)
        holds = at_most(shares.most, beside)
        if holds is not at_most(shares.least, beside):
            return [in_doubt(first(declared.doubts), required=limit)]
        share, current = declared.percent or 0.0, declared.maximum or 0.0
        measured = Quantity(share, Unit.PERCENT)
        text = (
            f"{shown(declared.points)} of {shown(current)} points earned ({shown(share, beside=beside)} %) are "
            "declared and were not observed"
        )
        if holds:
            return [score_judgement(Outcome.PASS, Reason.MET, text, limit, measured)]
        text += f"; at most {worded(limit)} may be"
        return [score_judgement(Outcome.FAIL, Reason.ABOVE_MAXIMUM, text, limit, measured)]
