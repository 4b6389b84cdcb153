-- Streams of events and one projected row for each stream. A command is one call of update_customer.

CREATE TABLE events (
  position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  stream text NOT NULL,
  revision bigint NOT NULL,
  request_id uuid NOT NULL UNIQUE,
  type text NOT NULL,
  payload jsonb NOT NULL,
  recorded timestamptz NOT NULL DEFAULT clock_timestamp(),
  UNIQUE (stream, revision)
);

-- As many bytes a row as a customer of ours has; an update moves its entry in by_name.
CREATE TABLE customers (
  id text PRIMARY KEY,
  revision bigint NOT NULL,
  last_request uuid NOT NULL,
  name text NOT NULL,
  document jsonb NOT NULL
);
CREATE INDEX by_name ON customers (name);

-- The customer's revision afterwards. The same request again does nothing; an expected revision that
-- is not the customer's is refused.
CREATE FUNCTION update_customer(stream_id text, request uuid, new_name text, expected bigint DEFAULT NULL)
RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  found_revision bigint;
  found_request uuid;
BEGIN
  SELECT revision, last_request INTO found_revision, found_request
    FROM customers WHERE id = stream_id FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no customer %', stream_id USING ERRCODE = 'no_data_found';
  END IF;
  IF found_request = request THEN
    RETURN found_revision;
  END IF;
  IF expected <> found_revision THEN
    RAISE EXCEPTION 'revision is %', found_revision USING ERRCODE = 'serialization_failure';
  END IF;
  INSERT INTO events (stream, revision, request_id, type, payload)
    VALUES (stream_id, found_revision + 1, request, 'CustomerUpdated',
            jsonb_build_object('name', new_name, 'actor', 'staff-0042'));
  UPDATE customers SET revision = found_revision + 1, last_request = request, name = new_name
    WHERE id = stream_id;
  RETURN found_revision + 1;
END $$;

WITH made AS (
  INSERT INTO customers
  SELECT 'customers/b' || lpad(number::text, 7, '0'), 1, gen_random_uuid(),
         'Hartmann Precision Tools ' || number,
         jsonb_build_object('kind', 'COMPANY', 'industry', 'mechanical engineering',
           'region', 'region-000000000000', 'branch', 'branch-stuttgart', 'team', 'team-industry',
           'owner', 'staff-0042', 'website', 'https://www.hartmann-precision.example',
           'employees', 240, 'tags', '["machine-tools", "trade-fair"]'::jsonb,
           'phones', '["+497110000000"]'::jsonb,
           'emails', '["purchasing0000000@hartmann-precision.example"]'::jsonb,
           'address', '{"country": "DE", "locality": "Stuttgart", "postal_code": "70173"}'::jsonb)
    FROM generate_series(0, :customers - 1) AS number
  RETURNING *
)
INSERT INTO events (stream, revision, request_id, type, payload)
SELECT id, revision, last_request, 'CustomerCreated', document FROM made;

VACUUM ANALYZE;
CHECKPOINT;
