-- AlterTable
ALTER TABLE "documents" ADD COLUMN     "reads_stored" BOOLEAN NOT NULL DEFAULT false;
