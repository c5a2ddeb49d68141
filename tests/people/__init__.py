"""Who somebody is, what is known, who leaves, who comes from elsewhere."""
