"""What tokens are worth."""
