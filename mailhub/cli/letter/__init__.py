"""`mailhub letter`: look at letters, decide them, regroup them, seal them."""
