"""Folder to bucket: reads a tree of photographs, and keeps a gallery's bucket in step with it.

A library, a command line (`./gallery`) and the stack's photos resource
(`uploader.resource`). It owns what lies below `photos/` in the bucket, and `catalog.jsonl`;
originals never leave the machine.
"""
