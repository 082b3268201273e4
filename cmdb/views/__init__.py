"""One answer, one file: a result as a document for people and as the JSON of the command line."""
