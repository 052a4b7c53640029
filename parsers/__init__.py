"""Bytes to frozen values: `mail`, the `files` in it, the `text` of documents, their `signatures`, and the `letters` among them.

Nothing here does I/O, reads a clock, logs or asks the network: the moment, the trust snapshot and the letter rules are
arguments. That makes every reading repeatable in a child process with limits, and testable without a hub.
"""
