"""Ways out: a relay takes finished bytes and says what became of them."""
