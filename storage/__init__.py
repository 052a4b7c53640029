"""The registry (rows) and the blob store (bytes).

Storage knows only its own records and opaque documents; it decides nothing and commits nothing by itself. A service opens
one transaction with `Database.transaction()` and calls the functions of the noun modules with it.
"""
