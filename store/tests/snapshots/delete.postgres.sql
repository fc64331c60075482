DELETE FROM "accounts" AS "t0" WHERE "t0"."id" = $1
