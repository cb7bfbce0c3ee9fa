"""The local cloud: Google's REST APIs, as far as the gallery's stack needs them.

One server on the loopback interface. What has behaviour (objects, functions, secrets, keys,
policies) behaves; the rest is remembered. COVERAGE.md says which method does what.
"""
