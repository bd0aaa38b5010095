-- CreateEnum
CREATE TYPE "SpeechStatus" AS ENUM ('RUNNING', 'READY', 'FAILED');

-- AlterEnum
ALTER TYPE "PartKind" ADD VALUE 'AUDIO';

-- AlterEnum
ALTER TYPE "RunKind" ADD VALUE 'IMAGE';

-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "UsagePurpose" ADD VALUE 'IMAGE';
ALTER TYPE "UsagePurpose" ADD VALUE 'TRANSCRIPTION';
ALTER TYPE "UsagePurpose" ADD VALUE 'SPEECH';

-- AlterTable
ALTER TABLE "attachments" ADD COLUMN     "transcript" JSONB;

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "job_id" TEXT;

-- CreateTable
CREATE TABLE "speeches" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "message_id" UUID,
    "model" TEXT NOT NULL,
    "voice" TEXT NOT NULL,
    "format" TEXT NOT NULL,
    "status" "SpeechStatus" NOT NULL,
    "attachment_id" UUID,
    "lease_expires_at" TIMESTAMPTZ(3),
    "error_code" TEXT,
    "error_message" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "speeches_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "live_presences" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "is_present" BOOLEAN NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "live_presences_pkey" PRIMARY KEY ("conversation_id","user_id")
);

-- CreateIndex
CREATE INDEX "speeches_owner_id_created_at_id_idx" ON "speeches"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "speeches_message_id_idx" ON "speeches"("message_id");

-- CreateIndex
CREATE INDEX "speeches_created_at_idx" ON "speeches"("created_at");

-- CreateIndex
CREATE INDEX "live_presences_user_id_idx" ON "live_presences"("user_id");

-- AddForeignKey
ALTER TABLE "speeches" ADD CONSTRAINT "speeches_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "speeches" ADD CONSTRAINT "speeches_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "live_presences" ADD CONSTRAINT "live_presences_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "live_presences" ADD CONSTRAINT "live_presences_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
