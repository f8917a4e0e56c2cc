"""Recurring work of the ledger: sealing what waits, ending what has run out, and writing down what
was told while it stood still."""

from credit.service.due import settle_due
from credit.service.facts import post_waiting
from credit.service.guardian import settle_guardians
from credit.service.process import check_proposals, run_clocks
from credit.service.retaliation import publish_retaliation
from credit.service.sealing import seal_due
from credit.service.withdrawals import ended_by_people
from portal.accounts.service import register_ended
from portal.kernel import jobs

jobs.register("credit.seal", 15, seal_due, lease_seconds=300)
jobs.register("credit.settle_due", 600, settle_due)
jobs.register("credit.post_waiting", 60, post_waiting)
jobs.register("credit.settle_guardians", 3600, settle_guardians)
jobs.register("credit.check_proposals", 600, check_proposals)
jobs.register("credit.run_process", 120, run_clocks)
jobs.register("credit.publish_retaliation", 3600, publish_retaliation)
# the job of accounts that keeps the list of erasures asks for these too
register_ended(ended_by_people)
