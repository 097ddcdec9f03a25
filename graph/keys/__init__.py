"""The signing keys, without their private halves."""
