"""The page on which captions are written; on this machine only."""
