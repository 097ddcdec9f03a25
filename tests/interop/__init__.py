"""Other people's clients against a running server: what they take for granted is what the specifications say."""
