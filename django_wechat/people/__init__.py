"""Who is this person, what is known of them, who leaves, and who comes from elsewhere?

The journeys, the front door and the admin call in. Start with `identities`: from a WeChat profile to the account that
allauth signs in.
"""
