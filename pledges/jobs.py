"""What recurs in pledges: days that pass, standings of a quarter that is over, rows that end."""

from pledges.service.deadlines import note_passed_days
from pledges.service.elections import count_due
from pledges.service.lists import expire_listings
from pledges.service.standing import compute_standings
from portal.kernel import jobs

jobs.register("pledges.passed_days", 3600, note_passed_days)
jobs.register("pledges.count_elections", 60, count_due)
jobs.register("pledges.compute_standings", 3600, compute_standings, lease_seconds=3600)
jobs.register("pledges.expire_listings", 3600, expire_listings)
