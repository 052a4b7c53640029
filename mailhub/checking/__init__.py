"""From a durable capture to letters with findings: the worker, its reader children, and what they return."""
