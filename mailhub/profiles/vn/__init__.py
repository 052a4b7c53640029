"""The profile of Vietnamese administrative offices."""
