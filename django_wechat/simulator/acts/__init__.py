"""What do people and administrators do? They scan, allow, follow and write; they register, bind and configure.

Each module is a part of `platform.Platform`, which is what everybody else calls.
"""
