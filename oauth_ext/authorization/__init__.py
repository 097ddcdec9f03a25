"""The stored authorization request: judged, shown to a person, answered once."""
