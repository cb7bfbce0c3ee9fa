"""The gallery's HTTP API: a photo at random, with its words, from a catalog in memory."""
