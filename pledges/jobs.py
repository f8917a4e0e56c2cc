"""What recurs in pledges."""

from pledges.service.elections import count_due
from portal.kernel import jobs

jobs.register("pledges.count_elections", 60, count_due)
