"""Change records: what a change does, what it can break, who must agree, and how to take it back. Pure: values in, a
typed record out."""
