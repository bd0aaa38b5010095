-- CreateTable
CREATE TABLE "live_passes" (
    "conversation_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "told" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "again_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "live_passes_pkey" PRIMARY KEY ("conversation_id","user_id")
);
