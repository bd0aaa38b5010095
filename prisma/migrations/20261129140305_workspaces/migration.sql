-- CreateEnum
CREATE TYPE "WorkspaceQuotaScope" AS ENUM ('WORKSPACE', 'EACH_MEMBER');

-- AlterTable
ALTER TABLE "invitations" ADD COLUMN     "workspace_id" UUID,
ALTER COLUMN "conversation_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "knowledge_bases" ADD COLUMN     "workspace_id" UUID;

-- AlterTable
ALTER TABLE "personas" DROP COLUMN "visibility",
ADD COLUMN     "workspace_id" UUID;

-- AlterTable
ALTER TABLE "prompt_templates" ADD COLUMN     "workspace_id" UUID;

-- AlterTable
ALTER TABLE "provider_keys" ADD COLUMN     "workspace_id" UUID,
ALTER COLUMN "user_id" DROP NOT NULL;

-- AlterTable
ALTER TABLE "usage_entries" ADD COLUMN     "workspace_id" UUID;

-- DropEnum
DROP TYPE "PersonaVisibility";

-- CreateTable
CREATE TABLE "workspaces" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "handle" TEXT NOT NULL,
    "description" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "workspace_members" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "ParticipantRole" NOT NULL,
    "joined_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "workspace_members_pkey" PRIMARY KEY ("workspace_id","user_id")
);

-- CreateTable
CREATE TABLE "workspace_quotas" (
    "workspace_id" UUID NOT NULL,
    "scope" "WorkspaceQuotaScope" NOT NULL,
    "period" "QuotaPeriod" NOT NULL,
    "max_tokens" BIGINT,
    "max_cost_micros" BIGINT,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "workspace_quotas_pkey" PRIMARY KEY ("workspace_id","scope","period")
);

-- CreateTable
CREATE TABLE "workspace_counts" (
    "workspace_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "workspace_counts_pkey" PRIMARY KEY ("workspace_id","user_id","day")
);

-- CreateTable
CREATE TABLE "workspace_totals" (
    "workspace_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "tokens" BIGINT NOT NULL DEFAULT 0,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,

    CONSTRAINT "workspace_totals_pkey" PRIMARY KEY ("workspace_id","day")
);

-- CreateIndex
CREATE UNIQUE INDEX "workspaces_handle_key" ON "workspaces"("handle");

-- CreateIndex
CREATE INDEX "workspace_members_user_id_idx" ON "workspace_members"("user_id");

-- CreateIndex
CREATE INDEX "workspace_members_workspace_id_joined_at_user_id_idx" ON "workspace_members"("workspace_id", "joined_at", "user_id");

-- CreateIndex
CREATE INDEX "workspace_counts_user_id_idx" ON "workspace_counts"("user_id");

-- CreateIndex
CREATE INDEX "workspace_counts_day_idx" ON "workspace_counts"("day");

-- CreateIndex
CREATE INDEX "workspace_totals_day_idx" ON "workspace_totals"("day");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_workspace_id_email_key" ON "invitations"("workspace_id", "email");

-- CreateIndex
CREATE INDEX "knowledge_bases_workspace_id_idx" ON "knowledge_bases"("workspace_id");

-- CreateIndex
CREATE INDEX "personas_workspace_id_idx" ON "personas"("workspace_id");

-- CreateIndex
CREATE INDEX "prompt_templates_workspace_id_idx" ON "prompt_templates"("workspace_id");

-- CreateIndex
CREATE UNIQUE INDEX "provider_keys_workspace_id_provider_key" ON "provider_keys"("workspace_id", "provider");

-- CreateIndex
CREATE INDEX "usage_entries_workspace_id_created_at_idx" ON "usage_entries"("workspace_id", "created_at");

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "personas" ADD CONSTRAINT "personas_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompt_templates" ADD CONSTRAINT "prompt_templates_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "provider_keys" ADD CONSTRAINT "provider_keys_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspace_members" ADD CONSTRAINT "workspace_members_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspace_members" ADD CONSTRAINT "workspace_members_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspace_quotas" ADD CONSTRAINT "workspace_quotas_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspace_counts" ADD CONSTRAINT "workspace_counts_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspace_counts" ADD CONSTRAINT "workspace_counts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "workspace_totals" ADD CONSTRAINT "workspace_totals_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "knowledge_bases" ADD CONSTRAINT "knowledge_bases_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- An invitation leads to one thing, and a key is one's.
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_place_check" CHECK (num_nonnulls("conversation_id", "workspace_id") = 1);
ALTER TABLE "provider_keys" ADD CONSTRAINT "provider_keys_owner_check" CHECK (num_nonnulls("user_id", "workspace_id") = 1);
