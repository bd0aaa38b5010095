-- CreateEnum
CREATE TYPE "InputKind" AS ENUM ('QUESTION', 'APPROVAL');

-- AlterEnum
ALTER TYPE "RunStatus" ADD VALUE 'AWAITING_INPUT';

-- AlterTable
ALTER TABLE "personas" ADD COLUMN     "approvals" TEXT[],
ADD COLUMN     "may_ask" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "run_pauses" (
    "run_id" UUID NOT NULL,
    "kind" "InputKind" NOT NULL,
    "text" TEXT NOT NULL,
    "choices" TEXT[],
    "tool_call_id" TEXT NOT NULL,
    "tool_name" TEXT NOT NULL,
    "tool_arguments" TEXT NOT NULL,
    "state" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "run_pauses_pkey" PRIMARY KEY ("run_id")
);

-- CreateIndex
CREATE INDEX "run_pauses_expires_at_idx" ON "run_pauses"("expires_at");

-- AddForeignKey
ALTER TABLE "run_pauses" ADD CONSTRAINT "run_pauses_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
