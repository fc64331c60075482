SELECT "t0"."id" FROM "accounts" AS "t0" WHERE NOT EXISTS(SELECT 1 FROM "accounts__labels" AS "link" WHERE "link"."source" = "t0"."id" AND "link"."target" = ANY($1))
