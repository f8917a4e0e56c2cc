"""Pure rules of reports: codes, the table of transitions, drafts, publicity."""
