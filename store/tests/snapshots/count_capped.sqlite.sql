SELECT COUNT(*) FROM (SELECT 1 FROM "accounts" AS "t0" WHERE "t0"."owner" = ? AND "t0"."deleted_at" IS NULL LIMIT 50) AS "counted"
