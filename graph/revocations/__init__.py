"""What resource servers that keep a judgement must forget."""
