"""Functions as processes: their environment, their life, and what stands in front of them."""
