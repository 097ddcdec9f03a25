"""What happened: to oneself, and to anybody."""
