"""How long each format takes for ten thousand findings, and how large it is. ``make bench``; nothing is asserted."""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from report_builders import finding, rendering, requirement

from checker.renderers import FORMATS, renderer
from checker.report.outcome import Outcome, Severity

COUNT = 10_000


def main() -> None:
    """Renders each format twice, the first time to warm up, and prints the processor's seconds."""
    outcomes, severities = list(Outcome), list(Severity)
    findings = [
        finding(
            outcomes[number % len(outcomes)],
            of=requirement(f"r{number}", severity=severities[number % 7 % 5], title=f"Requirement {number}"),
            control=f"Control{number}",
            message=f"Control{number} is at 50 % (5 of 10 points) and must be at 100 %.",
        )
        for number in range(COUNT)
    ]
    whole = rendering(findings)
    print(f"{COUNT} findings; seconds, bytes")
    for name in FORMATS:
        render = renderer(name)
        render(whole)
        begun = time.process_time()
        data = render(whole)
        print(f"{name:12s} {time.process_time() - begun:6.3f} {len(data):12,d}")


if __name__ == "__main__":
    main()
