"""What recurs in pledges."""

from pledges.service.deadlines import note_passed_days
from pledges.service.elections import count_due
from portal.kernel import jobs

jobs.register("pledges.passed_days", 3600, note_passed_days)
jobs.register("pledges.count_elections", 60, count_due)
