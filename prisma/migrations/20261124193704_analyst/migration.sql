-- CreateEnum
CREATE TYPE "FileStatus" AS ENUM ('READY', 'INGESTING');

-- CreateEnum
CREATE TYPE "UploadStatus" AS ENUM ('RECEIVING', 'READING', 'READY', 'FAILED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "ExportFormat" AS ENUM ('CSV', 'PARQUET', 'JSON', 'XLSX');

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "FileFormat" ADD VALUE 'JSON';
ALTER TYPE "FileFormat" ADD VALUE 'XLSX';

-- AlterTable
ALTER TABLE "files" ADD COLUMN     "options" JSONB NOT NULL DEFAULT '{}',
ADD COLUMN     "revision" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "status" "FileStatus" NOT NULL DEFAULT 'READY';

-- CreateTable
CREATE TABLE "uploads" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "session_id" UUID,
    "name" TEXT NOT NULL,
    "status" "UploadStatus" NOT NULL,
    "byte_size" BIGINT,
    "received_bytes" BIGINT NOT NULL DEFAULT 0,
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "options" JSONB NOT NULL DEFAULT '{}',
    "file_ids" UUID[],
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "uploads_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "derived_tables" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "version" INTEGER NOT NULL,
    "is_current" BOOLEAN NOT NULL,
    "sql" TEXT NOT NULL,
    "parents" JSONB NOT NULL,
    "run_id" UUID,
    "row_count" BIGINT NOT NULL,
    "column_count" INTEGER NOT NULL,
    "byte_size" BIGINT NOT NULL,
    "columns" JSONB NOT NULL,
    "preview" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "derived_tables_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "verified_queries" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "question" TEXT NOT NULL,
    "sql" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "verified_queries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plot_versions" (
    "id" UUID NOT NULL,
    "part_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "data" JSONB NOT NULL,
    "instruction" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plot_versions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "exports" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "sql" TEXT NOT NULL,
    "format" "ExportFormat" NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "exports_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "uploads_owner_id_created_at_id_idx" ON "uploads"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "uploads_session_id_idx" ON "uploads"("session_id");

-- CreateIndex
CREATE INDEX "uploads_expires_at_idx" ON "uploads"("expires_at");

-- CreateIndex
CREATE INDEX "derived_tables_owner_id_idx" ON "derived_tables"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "derived_tables_session_id_name_version_key" ON "derived_tables"("session_id", "name", "version");

-- CreateIndex
CREATE INDEX "verified_queries_session_id_created_at_id_idx" ON "verified_queries"("session_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "verified_queries_owner_id_idx" ON "verified_queries"("owner_id");

-- CreateIndex
CREATE UNIQUE INDEX "plot_versions_part_id_version_key" ON "plot_versions"("part_id", "version");

-- CreateIndex
CREATE INDEX "exports_owner_id_idx" ON "exports"("owner_id");

-- CreateIndex
CREATE INDEX "exports_session_id_idx" ON "exports"("session_id");

-- CreateIndex
CREATE INDEX "exports_expires_at_idx" ON "exports"("expires_at");

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "uploads" ADD CONSTRAINT "uploads_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "derived_tables" ADD CONSTRAINT "derived_tables_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "derived_tables" ADD CONSTRAINT "derived_tables_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verified_queries" ADD CONSTRAINT "verified_queries_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "verified_queries" ADD CONSTRAINT "verified_queries_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plot_versions" ADD CONSTRAINT "plot_versions_part_id_fkey" FOREIGN KEY ("part_id") REFERENCES "parts"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exports" ADD CONSTRAINT "exports_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "exports" ADD CONSTRAINT "exports_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;
