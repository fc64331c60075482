SELECT "t0"."id" FROM "accounts" AS "t0" WHERE (NOT "t0"."owner" IN (?, ?, ?, ?)) OR "t0"."owner" IS NULL
