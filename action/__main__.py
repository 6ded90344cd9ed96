"""What the steps of action.yml run: ``python -I action judge`` and ``python -I action comment``."""

import sys

import comment
import judge

STEPS = {"judge": judge.main, "comment": comment.main}

if __name__ == "__main__":
    sys.exit(STEPS[sys.argv[1]]())
