"""What can a site's own tables hold? Asked of the user model and of the database, before a person is saved."""
