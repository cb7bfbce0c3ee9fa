"""Cloud Storage: buckets, objects, uploads, and the public's own addresses."""
