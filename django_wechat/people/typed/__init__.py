"""What did a person type in a mini program, and how does it come to be shown?

WeChat hands over neither name nor picture there. Start with `profiles`; `pictures` draws an upload anew.
"""
