-- The role under which the portal's servers run on PostgreSQL, so that not even they can change the
-- ledger. Run it as the owner of the database, again after every `gongzhi db upgrade`; upgrades
-- themselves are run by the owner. Give the role its password apart from this file:
--   ALTER ROLE gongzhi_app LOGIN PASSWORD '…';
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'gongzhi_app') THEN
    CREATE ROLE gongzhi_app NOSUPERUSER NOCREATEDB NOCREATEROLE;
  END IF;
END
$$;
GRANT USAGE ON SCHEMA public TO gongzhi_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO gongzhi_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO gongzhi_app;
-- what is sealed is only added to
REVOKE UPDATE, DELETE, TRUNCATE ON
  credit_entry, credit_sealed, credit_checkpoint, credit_rule, credit_refusal,
  credit_retaliation_month
FROM gongzhi_app;
-- accounts and logs stay; their rows change
REVOKE DELETE, TRUNCATE ON credit_log FROM gongzhi_app;
