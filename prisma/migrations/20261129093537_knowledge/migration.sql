-- CreateEnum
CREATE TYPE "DocumentSource" AS ENUM ('UPLOAD', 'URL');

-- CreateEnum
CREATE TYPE "DocumentStatus" AS ENUM ('QUEUED', 'PROCESSING', 'READY', 'FAILED');

-- AlterEnum
ALTER TYPE "PartKind" ADD VALUE 'CITATION';

-- CreateTable
CREATE TABLE "knowledge_bases" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "language" TEXT NOT NULL,
    "embedding_model" TEXT,
    "vector_model" TEXT,
    "version" INTEGER NOT NULL DEFAULT 1,
    "embedding_progress" DOUBLE PRECISION NOT NULL DEFAULT 1,
    "embedding_error_code" TEXT,
    "embedding_error_message" TEXT,
    "embedding_lease_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "knowledge_bases_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "documents" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "knowledge_base_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "media_type" TEXT,
    "source" "DocumentSource" NOT NULL,
    "url" TEXT,
    "status" "DocumentStatus" NOT NULL,
    "progress" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "byte_size" BIGINT NOT NULL DEFAULT 0,
    "hash" TEXT,
    "page_count" INTEGER,
    "chunk_count" INTEGER NOT NULL DEFAULT 0,
    "revision" INTEGER NOT NULL DEFAULT 0,
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "indexed_at" TIMESTAMPTZ(3),

    CONSTRAINT "documents_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chunks" (
    "id" UUID NOT NULL,
    "document_id" UUID NOT NULL,
    "knowledge_base_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "headings" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "page" INTEGER,
    "page_end" INTEGER,
    "row" INTEGER,
    "row_end" INTEGER,
    "token_count" INTEGER NOT NULL,
    "words" tsvector NOT NULL,

    CONSTRAINT "chunks_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "chunk_vectors" (
    "chunk_id" UUID NOT NULL,
    "model" TEXT NOT NULL,
    "document_id" UUID NOT NULL,
    "dimensions" INTEGER NOT NULL,
    "vector" BYTEA NOT NULL,

    CONSTRAINT "chunk_vectors_pkey" PRIMARY KEY ("chunk_id","model")
);

-- CreateTable
CREATE TABLE "conversation_knowledge" (
    "conversation_id" UUID NOT NULL,
    "knowledge_base_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversation_knowledge_pkey" PRIMARY KEY ("conversation_id","knowledge_base_id")
);

-- CreateIndex
CREATE INDEX "knowledge_bases_owner_id_created_at_id_idx" ON "knowledge_bases"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "documents_knowledge_base_id_created_at_id_idx" ON "documents"("knowledge_base_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "documents_owner_id_idx" ON "documents"("owner_id");

-- CreateIndex
CREATE INDEX "documents_status_updated_at_idx" ON "documents"("status", "updated_at");

-- CreateIndex
CREATE UNIQUE INDEX "documents_knowledge_base_id_hash_key" ON "documents"("knowledge_base_id", "hash");

-- CreateIndex
CREATE UNIQUE INDEX "chunks_document_id_position_key" ON "chunks"("document_id", "position");

-- CreateIndex
CREATE INDEX "chunks_knowledge_base_id_idx" ON "chunks"("knowledge_base_id");

-- CreateIndex
CREATE INDEX "chunk_vectors_document_id_model_idx" ON "chunk_vectors"("document_id", "model");

-- CreateIndex
CREATE INDEX "conversation_knowledge_knowledge_base_id_idx" ON "conversation_knowledge"("knowledge_base_id");

-- AddForeignKey
ALTER TABLE "knowledge_bases" ADD CONSTRAINT "knowledge_bases_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "documents" ADD CONSTRAINT "documents_knowledge_base_id_fkey" FOREIGN KEY ("knowledge_base_id") REFERENCES "knowledge_bases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_document_id_fkey" FOREIGN KEY ("document_id") REFERENCES "documents"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chunks" ADD CONSTRAINT "chunks_knowledge_base_id_fkey" FOREIGN KEY ("knowledge_base_id") REFERENCES "knowledge_bases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "chunk_vectors" ADD CONSTRAINT "chunk_vectors_chunk_id_fkey" FOREIGN KEY ("chunk_id") REFERENCES "chunks"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation_knowledge" ADD CONSTRAINT "conversation_knowledge_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation_knowledge" ADD CONSTRAINT "conversation_knowledge_knowledge_base_id_fkey" FOREIGN KEY ("knowledge_base_id") REFERENCES "knowledge_bases"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- One index for both conditions, whose entry is one base's: the words of other bases are never looked at. Prisma does not see indexes on expressions.
CREATE INDEX "chunks_words_idx" ON "chunks" USING gin ((ARRAY["knowledge_base_id"]), "words") WITH (gin_pending_list_limit = 1024);
-- Words and vectors stay in the row where they fit: ranking reads all of them, and each that lies elsewhere is read by itself.
ALTER TABLE "chunks" SET (toast_tuple_target = 8160);
ALTER TABLE "chunk_vectors" SET (toast_tuple_target = 8160);
ALTER TABLE "chunk_vectors" ALTER COLUMN "vector" SET STORAGE EXTERNAL;
