"""What can go wrong, each as one line that says what to do.

LocalError
├── ServeError (local.cloud.errors)      the local cloud cannot be started, stopped or asked
└── RunnerError (local.runner.errors)    the stack cannot be deployed
"""

__all__ = ["LocalError"]


class LocalError(Exception):
    """One line for the person who typed the command."""
