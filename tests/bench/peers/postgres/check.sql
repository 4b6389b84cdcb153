-- One right update, the same again, one with a revision that was: prints 2, 2, refused, 2.
SELECT update_customer('customers/b0000000', '00000000-0000-0000-0000-000000000001', 'once', 1);
SELECT update_customer('customers/b0000000', '00000000-0000-0000-0000-000000000001', 'again');
DO $$
BEGIN
  PERFORM update_customer('customers/b0000000', '00000000-0000-0000-0000-000000000002', 'stale', 1);
  RAISE EXCEPTION 'a stale revision was not refused';
EXCEPTION WHEN serialization_failure THEN
END $$;
SELECT count(*) FROM events WHERE stream = 'customers/b0000000';
