"""What a gallery's bucket holds, what a sync would do to it, and doing that."""
