"""People who come to a site in every order of events, and what has to hold whatever they do."""
