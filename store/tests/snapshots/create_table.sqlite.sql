CREATE TABLE "accounts" ( "id" BLOB NOT NULL, "name" TEXT NOT NULL, "name__sort" TEXT NOT NULL, "owner" BLOB NOT NULL, "parent" BLOB, "revenue" INTEGER, "due" INTEGER, "founded" TEXT, "tags" TEXT, "active" INTEGER NOT NULL, "version" INTEGER NOT NULL, "deleted_at" INTEGER, PRIMARY KEY ("id") ) STRICT;
CREATE INDEX "accounts__owner_name" ON "accounts" ("owner", "name__sort", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "accounts__due" ON "accounts" ("due", "id") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "accounts__name" ON "accounts" ("name") WHERE "deleted_at" IS NULL
