"""How does a test lose the key of the stored secrets? It leaves the site only this one, which opens none of them."""

LOST_KEY = "kGFAzD8YwFyzxMoxqAiJzRXzHOfbfMUHPOF3lO4VRdc="
