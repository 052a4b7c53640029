"""Signatures of every format to one report; see `check`."""
