"""Reader children: one job at a time under limits, and the reading that comes back."""
