"""The demo: fixed accounts on loopback, made-up people, and a season of plausible life."""
