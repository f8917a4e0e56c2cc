"""Assessment (考核): indicator sets, periods that freeze, ranks that an outsider can recompute."""
