CREATE TABLE "accounts" ( "id" UUID NOT NULL, "name" TEXT COLLATE "C" NOT NULL, "name__sort" TEXT COLLATE "C" NOT NULL, "owner" UUID NOT NULL, "parent" UUID, "revenue" NUMERIC(20, 2), "due" TIMESTAMPTZ, "founded" DATE, "tags" JSONB, "active" BOOLEAN NOT NULL, "version" BIGINT NOT NULL, "deleted_at" TIMESTAMPTZ, PRIMARY KEY ("id") );
CREATE INDEX "accounts__owner_name" ON "accounts" ("owner", "name__sort", "id") WHERE "deleted_at" IS NULL;
CREATE INDEX "accounts__due" ON "accounts" ("due" NULLS FIRST, "id") WHERE "deleted_at" IS NULL;
CREATE UNIQUE INDEX "accounts__name" ON "accounts" ("name") WHERE "deleted_at" IS NULL
