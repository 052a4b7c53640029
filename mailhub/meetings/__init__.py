"""Meetings: who is told what, over which channel, and who was reached.

A meeting is a chain of revisions, each holding the whole content. What a recipient is told follows from two things alone:
what that recipient was told last, and how the meeting stands now. So a change that nobody has heard of is swallowed by the
next one, whoever was never invited hears of no cancellation, and every message states the whole final state. Refused
alternative: composing each message from the change itself, which tells people of steps that they never saw.
"""
