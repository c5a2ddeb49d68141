"""Which journeys are there? One file for each way to sign in; the folder listing is the feature list.

`web` and the front door call in by `table`, which knows them all and their order; start there. What a journey has to
say of itself is in `journey`, who asks in `visitor`.
"""
