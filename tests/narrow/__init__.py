"""Sites on MySQL or MariaDB whose tables or connection do not hold every character."""
