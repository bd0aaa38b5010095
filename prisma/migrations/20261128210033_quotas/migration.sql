-- CreateEnum
CREATE TYPE "QuotaScope" AS ENUM ('USER', 'EVERYBODY', 'INSTALLATION');

-- CreateEnum
CREATE TYPE "QuotaPeriod" AS ENUM ('DAY', 'MONTH');

-- DropIndex
DROP INDEX "usage_entries_created_at_idx";

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "reserved_cost_micros" BIGINT,
ADD COLUMN     "reserved_tokens" BIGINT;

-- AlterTable
ALTER TABLE "usage_entries" ADD COLUMN     "is_open" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "quotas" (
    "id" UUID NOT NULL,
    "scope" "QuotaScope" NOT NULL,
    "owner" TEXT NOT NULL,
    "user_id" UUID,
    "period" "QuotaPeriod" NOT NULL,
    "max_tokens" BIGINT,
    "max_cost_micros" BIGINT,
    "max_messages" BIGINT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quotas_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "quota_counts" (
    "user_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,
    "messages" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "quota_counts_pkey" PRIMARY KEY ("user_id","day")
);

-- CreateTable
CREATE TABLE "quota_totals" (
    "day" DATE NOT NULL,
    "shard" INTEGER NOT NULL,
    "tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,
    "messages" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "quota_totals_pkey" PRIMARY KEY ("day","shard")
);

-- CreateIndex
CREATE INDEX "quotas_created_at_id_idx" ON "quotas"("created_at", "id");

-- CreateIndex
CREATE INDEX "quotas_user_id_idx" ON "quotas"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "quotas_owner_period_key" ON "quotas"("owner", "period");

-- CreateIndex
CREATE INDEX "quota_counts_day_idx" ON "quota_counts"("day");

-- CreateIndex
CREATE INDEX "usage_entries_is_open_created_at_idx" ON "usage_entries"("is_open", "created_at");

-- AddForeignKey
ALTER TABLE "quotas" ADD CONSTRAINT "quotas_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "quota_counts" ADD CONSTRAINT "quota_counts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
