SELECT "t0"."id" FROM "accounts" AS "t0" WHERE NOT gx_text("t0"."name", ?, 0)
