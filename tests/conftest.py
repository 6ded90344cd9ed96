"""What every test starts from: no CI system, which would get annotations and summaries of what is tested."""

import os

for name in ("GITHUB_ACTIONS", "TF_BUILD", "GITLAB_CI"):
    os.environ.pop(name, None)
