"""The services but storage: a module for each that does something, a row for each that does not."""
