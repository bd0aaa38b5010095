-- AlterTable
ALTER TABLE "files" ADD COLUMN     "personal_table" TEXT;

-- AlterTable
ALTER TABLE "sessions" ADD COLUMN     "snapshot_at" TIMESTAMPTZ(3);
