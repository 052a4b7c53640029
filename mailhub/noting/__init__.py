"""Noting: a mail that answers ours is tied to the dispatch that it answers, and what it says has its effect.

It is believed so far as it proves that it had our mail in hand: it came to the signed return path of one dispatch, or it names
the Message-ID of one, which nobody can guess. A calendar's answer counts through the return path too, or from the mailbox that
was invited. Anything else is noted with the doubt about it, and changes nothing.
"""
