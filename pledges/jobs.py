"""What recurs in pledges."""

from pledges.service.deadlines import note_passed_days
from portal.kernel import jobs

jobs.register("pledges.passed_days", 3600, note_passed_days)
