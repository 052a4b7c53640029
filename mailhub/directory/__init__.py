"""The directory: units, agencies, officials, clerks; who is meant by a name, and what changed when."""
