"""REFI-QDA: projects (.qdpx) and codebooks (.qdc), as the schemas of 18 March 2019 have them."""
