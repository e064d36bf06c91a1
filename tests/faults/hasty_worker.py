"""The worker, but with another wait for the answer to DATA: ``… hasty_worker worker SECONDS``."""

from __future__ import annotations

import sys

from core.cli.main import main
from plugins.email_notices import patient_smtp

if __name__ == "__main__":
    patient_smtp.DATA_TERMINATION = float(sys.argv[2])
    main(["worker"])
