"""The self-discipline ledger (自律积分): entries, proofs, notice, appeal, repair and expiry.

An empty floor so far: it stands below ``portal.satisfaction`` because a release's hash will be
sealed here as a statement, and it will know fact codes and an opaque source only.
"""
