CREATE TABLE "accounts__labels" ( "source" BLOB NOT NULL, "target" BLOB NOT NULL, PRIMARY KEY ("source", "target") ) STRICT, WITHOUT ROWID;
CREATE INDEX "accounts__labels__target" ON "accounts__labels" ("target", "source")
