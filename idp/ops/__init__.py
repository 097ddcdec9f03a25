"""What everything above leans on: keys, probes, logs, headers."""
