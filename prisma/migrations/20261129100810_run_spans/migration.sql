-- CreateEnum
CREATE TYPE "SpanKind" AS ENUM ('MODEL_CALL', 'TOOL_CALL');

-- CreateTable
CREATE TABLE "run_spans" (
    "id" UUID NOT NULL,
    "run_id" UUID NOT NULL,
    "kind" "SpanKind" NOT NULL,
    "purpose" "UsagePurpose",
    "name" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "first_token_ms" INTEGER,
    "input_tokens" INTEGER,
    "cached_input_tokens" INTEGER,
    "output_tokens" INTEGER,
    "reasoning_tokens" INTEGER,
    "finish_reason" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "input" JSONB,
    "output" JSONB,
    "is_truncated" BOOLEAN NOT NULL DEFAULT false,

    CONSTRAINT "run_spans_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "run_spans_run_id_started_at_id_idx" ON "run_spans"("run_id", "started_at", "id");

-- CreateIndex
CREATE INDEX "run_spans_started_at_idx" ON "run_spans"("started_at");

-- AddForeignKey
ALTER TABLE "run_spans" ADD CONSTRAINT "run_spans_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "runs"("id") ON DELETE CASCADE ON UPDATE CASCADE;
