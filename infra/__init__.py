"""The stack: its settings and its components. Definitions only; nothing runs at import."""
