#!/usr/bin/env bash
# Installs scoregate from this checkout into a virtual environment: its dependencies by hash, as wheels only, so that
# none of their code runs before it is checked.
set -euo pipefail
python=$1 venv=$2
if [ "${RUNNER_OS:-}" = Windows ]; then
  echo "::error title=scoregate::The action needs a runner with Linux or macOS."
  exit 2
fi
action=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
options=(--quiet --disable-pip-version-check --no-input)

"$python" -m venv "$venv"
"$venv/bin/python" -I -m pip install "${options[@]}" --require-hashes --only-binary :all: \
  -r "$action/requirements.lock" -r "$action/build.lock"
"$venv/bin/python" -I -m pip install "${options[@]}" --no-deps --no-build-isolation "$action/.."
