"""Runs `__main__.py` without Pulumi's engine, onto the local cloud.

Owns: making what has behaviour (buckets, objects, keys, secrets, functions, photos), recording the
rest, and removing what the last run declared and this one does not.
Refuses: resource types and invokes that it does not know, by name; a local cloud that Pulumi's
engine made; any cloud that is not on this machine.
"""
