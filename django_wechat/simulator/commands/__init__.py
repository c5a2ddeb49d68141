"""What can be done to the simulator by name, from its own pages and from another process? Start with `table`."""
