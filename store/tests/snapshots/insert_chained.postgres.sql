INSERT INTO "gx_event" ("kind", "data") VALUES ($1, encode(sha256(convert_to(concat((SELECT "data" FROM "gx_event" ORDER BY "seq" DESC LIMIT 1), CAST($2 AS text)), 'UTF8')), 'hex'))
