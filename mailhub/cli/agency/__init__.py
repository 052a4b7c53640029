"""`mailhub agency`: the agencies that a unit corresponds with."""
