"""Who allowed what to whom."""
