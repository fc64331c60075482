SELECT "t0"."id" FROM "accounts" AS "t0" WHERE "t0"."id" IN (SELECT "record" FROM "gx_words" WHERE "words" @@ CAST(CAST($1 AS text) AS tsquery) AND "object" = $2)
