-- AlterTable
ALTER TABLE "files" ADD COLUMN     "removed_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "uploads" ADD COLUMN     "is_resumable" BOOLEAN NOT NULL DEFAULT false;
