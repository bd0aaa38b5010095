-- CreateEnum
CREATE TYPE "TurnPolicy" AS ENUM ('MENTIONED', 'ROUND_ROBIN', 'MODERATED');

-- CreateEnum
CREATE TYPE "PersonaVisibility" AS ENUM ('PRIVATE');

-- AlterEnum
ALTER TYPE "UsagePurpose" ADD VALUE 'MODERATION';

-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "max_turns" INTEGER,
ADD COLUMN     "moderator_model" TEXT,
ADD COLUMN     "turn_policy" "TurnPolicy" NOT NULL DEFAULT 'MENTIONED';

-- AlterTable
ALTER TABLE "messages" ADD COLUMN     "persona_id" UUID,
ADD COLUMN     "persona_name" TEXT;

-- AlterTable
ALTER TABLE "runs" ADD COLUMN     "persona_id" UUID,
ADD COLUMN     "round_id" UUID,
ADD COLUMN     "turn" INTEGER;

-- CreateTable
CREATE TABLE "personas" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "description" TEXT,
    "emoji" TEXT,
    "color" TEXT,
    "system_prompt" TEXT,
    "model" TEXT,
    "fallbacks" TEXT[],
    "temperature" DOUBLE PRECISION,
    "tools" JSONB,
    "visibility" "PersonaVisibility" NOT NULL DEFAULT 'PRIVATE',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "personas_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "conversation_personas" (
    "conversation_id" UUID NOT NULL,
    "persona_id" UUID NOT NULL,
    "added_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "conversation_personas_pkey" PRIMARY KEY ("conversation_id","persona_id")
);

-- CreateTable
CREATE TABLE "rounds" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "policy" "TurnPolicy" NOT NULL,
    "max_turns" INTEGER NOT NULL,
    "turn" INTEGER NOT NULL,
    "persona_ids" UUID[],
    "options" JSONB NOT NULL,
    "lease_expires_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "rounds_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "personas_owner_id_created_at_id_idx" ON "personas"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "personas_owner_id_handle_key" ON "personas"("owner_id", "handle");

-- CreateIndex
CREATE INDEX "conversation_personas_persona_id_idx" ON "conversation_personas"("persona_id");

-- CreateIndex
CREATE INDEX "rounds_conversation_id_ended_at_idx" ON "rounds"("conversation_id", "ended_at");

-- CreateIndex
CREATE INDEX "rounds_user_id_idx" ON "rounds"("user_id");

-- CreateIndex
CREATE INDEX "rounds_ended_at_lease_expires_at_idx" ON "rounds"("ended_at", "lease_expires_at");

-- CreateIndex
CREATE INDEX "messages_persona_id_idx" ON "messages"("persona_id");

-- CreateIndex
CREATE INDEX "runs_round_id_idx" ON "runs"("round_id");

-- CreateIndex
CREATE INDEX "runs_persona_id_idx" ON "runs"("persona_id");

-- AddForeignKey
ALTER TABLE "messages" ADD CONSTRAINT "messages_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "personas"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "personas"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "runs" ADD CONSTRAINT "runs_round_id_fkey" FOREIGN KEY ("round_id") REFERENCES "rounds"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "personas" ADD CONSTRAINT "personas_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation_personas" ADD CONSTRAINT "conversation_personas_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversation_personas" ADD CONSTRAINT "conversation_personas_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "personas"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rounds" ADD CONSTRAINT "rounds_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "rounds" ADD CONSTRAINT "rounds_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;
