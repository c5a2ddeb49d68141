"""What does the computer ask before somebody's WeChat is connected to an account? One file for each kind of question.

Called by the ends of the journeys, when they know who would be connected.
"""
