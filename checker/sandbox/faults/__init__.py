"""What can go wrong with a request, and how it is made to go wrong."""
