-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "answered_by" TEXT,
ADD COLUMN     "fallback_reason" TEXT;
