"""The ground floor: database, clock, ids, secrets, outbox, forms and pages. Knows no subject."""
