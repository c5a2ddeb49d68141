"""How does a mini program let a computer in, or a phone's browser? It asks what it was opened for, and answers.

`scan` is what the program calls, `picture` the code that the computer shows.
"""
