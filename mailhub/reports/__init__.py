"""Reports: exact periods counted, shown and frozen."""
