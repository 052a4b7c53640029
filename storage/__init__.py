"""The registry (rows) and the blob store (bytes).

Storage knows only its own records and opaque documents; it decides nothing and commits nothing by itself. A service opens
one transaction with `Database.transaction()` and calls the functions of the noun modules with it. Inside there is no
network, no file and no parsing.

Locks are taken in one order, so that no two transactions wait for each other:

1. the register's row (`registry.lock_register`); the time is read after that,
2. the rows of captures, submissions, letters, deposits, meetings, entries and dispatches,
3. the head of the chain (`events.append`), last of all.

On PostgreSQL these are row locks under READ COMMITTED; claims pass over locked rows. On SQLite there is one writer at a
time, who queues on a lock file before BEGIN IMMEDIATE. An ORM was refused: a claim, a fence and a counter are statements
whose exact form matters, and records that cross the border are plain frozen values.
"""
