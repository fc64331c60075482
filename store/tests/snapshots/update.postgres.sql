UPDATE "accounts" AS "t0" SET "name" = $1, "revenue" = COALESCE("t0"."revenue", 0) + $2 WHERE "t0"."id" = $3
