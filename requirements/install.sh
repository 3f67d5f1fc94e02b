#!/bin/sh
# Makes .venv from a lock file: install.sh PYTHON (base|dev|bench). Versions and hashes come from the lock, nothing else.
set -eu
python=$1 lock=$2
"$python" - <<'PY' || exit 1
import sys
if sys.version_info < (3, 11):
    sys.exit(f"Python 3.11 or newer is needed, this is {sys.version.split()[0]}. Say which with: make PYTHON=python3.12 ...")
try:
    import ensurepip, venv
except ImportError:
    sys.exit("Python's venv module is missing. On Debian and Ubuntu: apt install python3-venv")
PY
[ -x .venv/bin/python ] || "$python" -m venv .venv
# uv installs from the same index as pip, many times faster.
[ -x .venv/bin/uv ] || .venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/tools.txt
.venv/bin/uv pip install --quiet --python .venv/bin/python --require-hashes -r requirements/tools.txt -r "requirements/$lock.txt"
.venv/bin/uv pip install --quiet --python .venv/bin/python --no-deps --no-build-isolation -e .
touch ".venv/$lock"
