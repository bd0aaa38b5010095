-- DropIndex
DROP INDEX "calendar_feeds_owner_id_created_at_idx";

-- AlterTable
ALTER TABLE "calendar_feeds" ADD COLUMN     "changed_at" TIMESTAMPTZ(3),
ADD COLUMN     "fingerprint" TEXT;

-- CreateIndex
CREATE INDEX "calendar_feeds_owner_id_created_at_id_idx" ON "calendar_feeds"("owner_id", "created_at", "id");
