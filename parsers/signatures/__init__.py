"""Signatures of every format to one report.

The engine is pyHanko, behind guards of our own: its verdicts were measured to accept files that other readers show
differently, certificates that had ended, and anything appended behind the last end mark. So a signature passes only where
the engine and all guards agree; the reasons are in `verdict`. The alternative, one of the engine's own summary booleans, was
refused for that reason.

Nothing is imported here: the words of a report are used all over the hub, and the engine takes half a second to load.
"""
