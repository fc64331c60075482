INSERT INTO "gx_event" ("kind", "data") VALUES ($1, $2) ON CONFLICT  DO NOTHING RETURNING "seq"
