"""The command line: a noun per module, each command reads its input, calls one service and shows the result."""
