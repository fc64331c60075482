SELECT "t0"."id" FROM "accounts" AS "t0" WHERE ("t0"."tags" @> $1 OR "t0"."tags" @> $2) AND "t0"."tags" IS NOT NULL
