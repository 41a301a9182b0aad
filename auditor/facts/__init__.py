"""Facts computed from a snapshot that probes, claim checks and the judge share."""
