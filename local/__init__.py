"""What `make up` runs on: a stand-in for Google Cloud, and a runner in Pulumi's engine's place."""
