"""Coverage-guided harnesses for what reads hostile bytes: `make fuzz`, or `python -m tests.fuzz.message 600` for one of them."""
