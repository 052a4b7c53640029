"""What reaches the hub from outside: each door takes bytes, knows its protocol, and nothing else."""
