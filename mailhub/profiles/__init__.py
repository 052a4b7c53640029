"""Profiles: what differs between administrations, as tables, lists, texts and patterns."""
