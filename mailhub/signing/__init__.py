"""Own signatures: keys in files and tokens, timestamps, signed PDFs, and the look of the unit's seal."""
