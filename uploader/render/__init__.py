"""A photo file to its renditions, in worker processes."""
