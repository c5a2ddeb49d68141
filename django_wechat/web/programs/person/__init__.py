"""What does a program tell of who is signed in there: a phone number, a name, a picture?

None of them is who somebody is. `phone_address` and `profile_address` are called from outside, `phone` by the door.
"""
