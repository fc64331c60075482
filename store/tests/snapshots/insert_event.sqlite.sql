INSERT INTO "gx_event" ("kind", "data") VALUES (?, ?) ON CONFLICT  DO NOTHING
