"""The self-discipline ledger (自律积分): entries, proofs, notice, appeal, repair and expiry.

It stands below ``portal.satisfaction`` because a release's hash is sealed here as a statement, and
it knows fact codes and an opaque source only. Decision 0028 tells how it is built.
"""
