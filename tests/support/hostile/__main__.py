"""``python -m tests.support.hostile FOLDER [NAME ...]``."""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from tests.support.hostile import outcomes

if __name__ == "__main__":
    for found in outcomes(Path(sys.argv[1]), sys.argv[2:]):
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
        sys.stdout.flush()
