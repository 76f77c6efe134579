"""Where people, groups, sessions and sign-in attempts are kept: rows, keys, mapping, queries."""
