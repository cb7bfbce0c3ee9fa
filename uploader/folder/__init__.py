"""The photo folder: which files are photos, which pictures they hold, and what is known of each."""
