"""The gallery's HTTP API: a random photo, with its caption and date, from a catalog in memory."""
