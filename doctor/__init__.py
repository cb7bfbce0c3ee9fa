"""What is wrong with a gallery, or in the way of one, and what to type.

Reads a stack's configuration and outputs, asks Google and the gallery as anyone could, and
changes nothing.
"""
