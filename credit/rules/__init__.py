"""What the ledger's bytes mean and how they are proved. Pure: time and chance are arguments.

``canonical`` and ``leaf`` say which bytes are sealed, ``merkle`` and ``tiles`` how many leaves
become one hash, ``note`` and ``checkpoint`` who signed it, ``receipt`` what a resident takes home.
Decision 0027 tells why these formats, and what a stranger needs to check them.
"""
