SELECT "t0"."id" FROM "accounts" AS "t0" WHERE "t0"."id" IN (SELECT "record" FROM "gx_words" WHERE "object" = $1 AND "words" @@ CAST(CAST($2 AS text) AS tsquery))
