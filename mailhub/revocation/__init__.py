"""Revocation: lists and OCSP answers are stored only when an authority that leads to an anchor has signed them.

The reader of a mail uses no network, so what it may know of revocation is brought here: imported from files, or fetched from
the hosts that the operator lists. New data wake the letters that wait for them, and what they say of a certificate is looked
up among all letters that it signed. Refused alternatives: letting the engine fetch (it asks whatever address a stranger's file
names, before anything is proved), and looking through every filed letter with each new list.
"""
