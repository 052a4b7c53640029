"""`mailhub desk`: the clerk's day on one screen."""
