"""One description of every address that answers programs, for OpenAPI 3.1."""
