"""The demo that comes with the package: is it started, and only as a demo, and is there something to see?"""
