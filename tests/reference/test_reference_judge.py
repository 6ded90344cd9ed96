"""Both judges on random pairs of a tenant and a policy; ``SCOREGATE_REFERENCE_RUNS`` says how many."""

import json
import os
import time

from judged_pairs import differences, pair_of, smallest

SECONDS = 10.0


def test_both_judges_agree_on_random_pairs() -> None:
    wanted = os.environ.get("SCOREGATE_REFERENCE_RUNS")
    end = time.monotonic() + SECONDS
    for number in range(int(wanted or 600)):
        if wanted is None and time.monotonic() > end:
            break
        pair = pair_of(number)
        found = differences(pair)
        assert not found, f"pair {number}: {found}\nreplay with differences() of {json.dumps(smallest(pair, found[0]))}"
