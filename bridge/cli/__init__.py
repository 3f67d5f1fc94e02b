"""The command line, ``accelerator``. Errors are one line; exit codes are for scripts.

0 done · 1 refused · 2 usage · 3 the LMS is unreachable · 4 partly done
"""

import logging
import os

# Our matrices are small: with two BLAS threads a fit takes forty times as long as with one. numpy reads these at load.
for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

# What is logged on the way to a refusal is said by the refusal's one line. Without a handler Python would print it as
# well; the servers set up a log of their own.
for _package in ("bridge", "lms_sync"):
    logging.getLogger(_package).addHandler(logging.NullHandler())

from bridge.cli.main import main

__all__ = ["main"]
