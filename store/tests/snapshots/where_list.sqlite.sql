SELECT "t0"."id" FROM "accounts" AS "t0" WHERE EXISTS(SELECT 1 FROM json_each("t0"."tags") AS "item" WHERE "item"."value" IN (?, ?))
