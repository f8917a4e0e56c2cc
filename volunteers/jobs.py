"""Recurring work of voluntary service."""

from portal.kernel import jobs
from volunteers.service.hours import tell_ledger

jobs.register("volunteers.tell_ledger", 600, tell_ledger)
