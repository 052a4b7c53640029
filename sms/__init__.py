"""One text to one number."""
