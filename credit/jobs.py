"""Recurring work of the ledger: sealing what waits, ending what has run out."""

from credit.service.due import settle_due
from credit.service.guardian import settle_guardians
from credit.service.sealing import seal_due
from portal.kernel import jobs

jobs.register("credit.seal", 15, seal_due, lease_seconds=300)
jobs.register("credit.settle_due", 600, settle_due)
jobs.register("credit.settle_guardians", 3600, settle_guardians)
