\set number random(0, :customers - 1)
\set serial random(1, 1000000000)
SELECT update_customer('customers/b' || lpad(:number ::text, 7, '0'), gen_random_uuid(), 'Hartmann Precision Tools ' || :serial ::text);
