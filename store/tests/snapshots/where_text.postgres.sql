SELECT "t0"."id" FROM "accounts" AS "t0" WHERE (NOT gx_fold("t0"."name") LIKE $1) OR "t0"."name" IS NULL
