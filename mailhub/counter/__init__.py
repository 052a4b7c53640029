"""The counter: paper handed in, paired with its e-copy, filed under an exception, or given back."""
