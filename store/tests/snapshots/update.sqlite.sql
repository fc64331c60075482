UPDATE "accounts" AS "t0" SET "name" = ?, "revenue" = COALESCE("t0"."revenue", 0) + ? WHERE "t0"."id" = ?
