-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "UsagePurpose" ADD VALUE 'EMBEDDING';
ALTER TYPE "UsagePurpose" ADD VALUE 'RERANKING';

-- AlterTable
ALTER TABLE "knowledge_bases" ADD COLUMN     "lacks_vectors" BOOLEAN NOT NULL DEFAULT false,
ADD COLUMN     "reranker" TEXT;

-- CreateTable
CREATE TABLE "persona_knowledge" (
    "persona_id" UUID NOT NULL,
    "knowledge_base_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "persona_knowledge_pkey" PRIMARY KEY ("persona_id","knowledge_base_id")
);

-- CreateIndex
CREATE INDEX "persona_knowledge_knowledge_base_id_idx" ON "persona_knowledge"("knowledge_base_id");

-- AddForeignKey
ALTER TABLE "persona_knowledge" ADD CONSTRAINT "persona_knowledge_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "personas"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_knowledge" ADD CONSTRAINT "persona_knowledge_knowledge_base_id_fkey" FOREIGN KEY ("knowledge_base_id") REFERENCES "knowledge_bases"("id") ON DELETE CASCADE ON UPDATE CASCADE;
