"""What a user can set: typed values, one table of them, and the file that they are kept in."""
