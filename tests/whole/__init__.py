"""What holds for all of it together: allauth, other sites, costs, secrets."""
