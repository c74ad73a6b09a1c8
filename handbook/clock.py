"""The date of today: the only place that reads the clock for one."""

import os
import time
from datetime import UTC, date, datetime


def today() -> date:
    """The date in UTC; that of ``SOURCE_DATE_EPOCH``, which reproducible builds set, if any."""
    seconds = os.environ.get("SOURCE_DATE_EPOCH") or time.time()
    return datetime.fromtimestamp(float(seconds), UTC).date()
