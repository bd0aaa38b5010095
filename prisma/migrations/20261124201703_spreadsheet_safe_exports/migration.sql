-- AlterTable
ALTER TABLE "exports" ADD COLUMN     "is_spreadsheet_safe" BOOLEAN NOT NULL DEFAULT false;
