"""The current date; no other module reads the date from the clock."""

import os
import time
from datetime import UTC, date, datetime


def today() -> date:
    """Return the date in UTC, or that of ``SOURCE_DATE_EPOCH`` (reproducible builds) if set."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or time.time()
    return datetime.fromtimestamp(float(seconds), UTC).date()
