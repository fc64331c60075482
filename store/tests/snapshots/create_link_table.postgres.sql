CREATE TABLE "accounts__labels" ( "source" UUID NOT NULL, "target" UUID NOT NULL, PRIMARY KEY ("source", "target") );
CREATE INDEX "accounts__labels__target" ON "accounts__labels" ("target", "source")
