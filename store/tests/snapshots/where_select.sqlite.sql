SELECT "t0"."id" FROM "accounts" AS "t0" WHERE "t0"."id" NOT IN (SELECT "t0"."parent" FROM "accounts" AS "t0" WHERE "t0"."owner" = ? AND "t0"."parent" IS NOT NULL) OR "t0"."id" IS NULL
