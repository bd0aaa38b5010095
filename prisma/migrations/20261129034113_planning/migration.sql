-- CreateEnum
CREATE TYPE "RolloverPolicy" AS ENUM ('MOVE', 'COPY');

-- CreateEnum
CREATE TYPE "GoalHorizon" AS ENUM ('SHORT', 'MEDIUM', 'LONG');

-- CreateEnum
CREATE TYPE "GoalStatus" AS ENUM ('ACTIVE', 'COMPLETED', 'PAUSED', 'CANCELLED');

-- CreateEnum
CREATE TYPE "Priority" AS ENUM ('LOW', 'MEDIUM', 'HIGH', 'URGENT');

-- CreateEnum
CREATE TYPE "PlanStatus" AS ENUM ('DRAFT', 'ACTIVE', 'COMPLETED');

-- CreateEnum
CREATE TYPE "ItemStatus" AS ENUM ('TODO', 'IN_PROGRESS', 'DONE', 'SKIPPED');

-- CreateEnum
CREATE TYPE "RecurrenceMode" AS ENUM ('SCHEDULED', 'AFTER_COMPLETION');

-- CreateEnum
CREATE TYPE "ProposalStatus" AS ENUM ('PENDING', 'APPLIED', 'PARTLY_APPLIED', 'DISMISSED', 'UNDONE');

-- AlterTable
ALTER TABLE "conversations" ADD COLUMN     "daily_plan_id" UUID,
ADD COLUMN     "goal_id" UUID,
ADD COLUMN     "weekly_plan_id" UUID;

-- CreateTable
CREATE TABLE "planner_settings" (
    "user_id" UUID NOT NULL,
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "first_day_of_week" INTEGER NOT NULL DEFAULT 1,
    "capacity_minutes" INTEGER NOT NULL DEFAULT 360,
    "rollover" "RolloverPolicy",
    "rolled_over_through" DATE,
    "auto_apply" BOOLEAN NOT NULL DEFAULT false,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "planner_settings_pkey" PRIMARY KEY ("user_id")
);

-- CreateTable
CREATE TABLE "goals" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "parent_id" UUID,
    "title" TEXT NOT NULL,
    "description" TEXT,
    "horizon" "GoalHorizon" NOT NULL DEFAULT 'MEDIUM',
    "status" "GoalStatus" NOT NULL DEFAULT 'ACTIVE',
    "priority" "Priority" NOT NULL DEFAULT 'MEDIUM',
    "target_date" DATE,
    "completed_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "goals_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "weekly_plans" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "week_start" DATE NOT NULL,
    "summary" TEXT,
    "focus_areas" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "status" "PlanStatus" NOT NULL DEFAULT 'DRAFT',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "weekly_plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "daily_plans" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "date" DATE NOT NULL,
    "weekly_plan_id" UUID,
    "summary" TEXT,
    "status" "PlanStatus" NOT NULL DEFAULT 'DRAFT',
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "daily_plans_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_items" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "daily_plan_id" UUID,
    "weekly_plan_id" UUID,
    "goal_id" UUID,
    "title" TEXT NOT NULL,
    "notes" TEXT,
    "status" "ItemStatus" NOT NULL DEFAULT 'TODO',
    "priority" "Priority" NOT NULL DEFAULT 'MEDIUM',
    "position" TEXT COLLATE "C" NOT NULL,
    "estimate_minutes" INTEGER,
    "actual_minutes" INTEGER,
    "start_time" TEXT,
    "recurrence_id" UUID,
    "occurrence_date" DATE,
    "carried_count" INTEGER NOT NULL DEFAULT 0,
    "origin_date" DATE,
    "origin_item_id" UUID,
    "completed_at" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "plan_items_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "recurrences" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "rule" TEXT NOT NULL,
    "mode" "RecurrenceMode" NOT NULL DEFAULT 'SCHEDULED',
    "start_date" DATE NOT NULL,
    "excluded_dates" DATE[] DEFAULT ARRAY[]::DATE[],
    "made_through" DATE,
    "title" TEXT NOT NULL,
    "notes" TEXT,
    "goal_id" UUID,
    "priority" "Priority" NOT NULL DEFAULT 'MEDIUM',
    "estimate_minutes" INTEGER,
    "start_time" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "recurrences_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "item_carries" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "item_id" UUID NOT NULL,
    "from_date" DATE NOT NULL,
    "to_date" DATE NOT NULL,
    "policy" "RolloverPolicy" NOT NULL,
    "copy_id" UUID,
    "is_automatic" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "item_carries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "calendar_feeds" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "token_hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_read_at" TIMESTAMPTZ(3),

    CONSTRAINT "calendar_feeds_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "plan_proposals" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "conversation_id" UUID,
    "operations" JSONB NOT NULL,
    "status" "ProposalStatus" NOT NULL DEFAULT 'PENDING',
    "summary" TEXT,
    "undo" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "decided_at" TIMESTAMPTZ(3),

    CONSTRAINT "plan_proposals_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "planner_settings_rollover_rolled_over_through_idx" ON "planner_settings"("rollover", "rolled_over_through");

-- CreateIndex
CREATE INDEX "goals_owner_id_created_at_id_idx" ON "goals"("owner_id", "created_at", "id");

-- CreateIndex
CREATE INDEX "goals_parent_id_idx" ON "goals"("parent_id");

-- CreateIndex
CREATE UNIQUE INDEX "weekly_plans_owner_id_week_start_key" ON "weekly_plans"("owner_id", "week_start");

-- CreateIndex
CREATE INDEX "daily_plans_weekly_plan_id_idx" ON "daily_plans"("weekly_plan_id");

-- CreateIndex
CREATE UNIQUE INDEX "daily_plans_owner_id_date_key" ON "daily_plans"("owner_id", "date");

-- CreateIndex
CREATE INDEX "plan_items_owner_id_status_created_at_id_idx" ON "plan_items"("owner_id", "status", "created_at", "id");

-- CreateIndex
CREATE INDEX "plan_items_daily_plan_id_position_idx" ON "plan_items"("daily_plan_id", "position");

-- CreateIndex
CREATE INDEX "plan_items_weekly_plan_id_position_idx" ON "plan_items"("weekly_plan_id", "position");

-- CreateIndex
CREATE INDEX "plan_items_goal_id_idx" ON "plan_items"("goal_id");

-- CreateIndex
CREATE UNIQUE INDEX "plan_items_recurrence_id_occurrence_date_key" ON "plan_items"("recurrence_id", "occurrence_date");

-- CreateIndex
CREATE INDEX "recurrences_owner_id_idx" ON "recurrences"("owner_id");

-- CreateIndex
CREATE INDEX "recurrences_goal_id_idx" ON "recurrences"("goal_id");

-- CreateIndex
CREATE INDEX "recurrences_made_through_idx" ON "recurrences"("made_through");

-- CreateIndex
CREATE INDEX "item_carries_item_id_to_date_idx" ON "item_carries"("item_id", "to_date");

-- CreateIndex
CREATE INDEX "item_carries_owner_id_from_date_idx" ON "item_carries"("owner_id", "from_date");

-- CreateIndex
CREATE UNIQUE INDEX "calendar_feeds_token_hash_key" ON "calendar_feeds"("token_hash");

-- CreateIndex
CREATE INDEX "calendar_feeds_owner_id_created_at_idx" ON "calendar_feeds"("owner_id", "created_at");

-- CreateIndex
CREATE INDEX "plan_proposals_owner_id_created_at_idx" ON "plan_proposals"("owner_id", "created_at");

-- CreateIndex
CREATE INDEX "plan_proposals_conversation_id_idx" ON "plan_proposals"("conversation_id");

-- CreateIndex
CREATE INDEX "conversations_goal_id_idx" ON "conversations"("goal_id");

-- CreateIndex
CREATE INDEX "conversations_weekly_plan_id_idx" ON "conversations"("weekly_plan_id");

-- CreateIndex
CREATE INDEX "conversations_daily_plan_id_idx" ON "conversations"("daily_plan_id");

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_goal_id_fkey" FOREIGN KEY ("goal_id") REFERENCES "goals"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_weekly_plan_id_fkey" FOREIGN KEY ("weekly_plan_id") REFERENCES "weekly_plans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_daily_plan_id_fkey" FOREIGN KEY ("daily_plan_id") REFERENCES "daily_plans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "planner_settings" ADD CONSTRAINT "planner_settings_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "goals" ADD CONSTRAINT "goals_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "goals" ADD CONSTRAINT "goals_parent_id_fkey" FOREIGN KEY ("parent_id") REFERENCES "goals"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "weekly_plans" ADD CONSTRAINT "weekly_plans_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "daily_plans" ADD CONSTRAINT "daily_plans_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "daily_plans" ADD CONSTRAINT "daily_plans_weekly_plan_id_fkey" FOREIGN KEY ("weekly_plan_id") REFERENCES "weekly_plans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_daily_plan_id_fkey" FOREIGN KEY ("daily_plan_id") REFERENCES "daily_plans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_weekly_plan_id_fkey" FOREIGN KEY ("weekly_plan_id") REFERENCES "weekly_plans"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_goal_id_fkey" FOREIGN KEY ("goal_id") REFERENCES "goals"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_recurrence_id_fkey" FOREIGN KEY ("recurrence_id") REFERENCES "recurrences"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recurrences" ADD CONSTRAINT "recurrences_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "recurrences" ADD CONSTRAINT "recurrences_goal_id_fkey" FOREIGN KEY ("goal_id") REFERENCES "goals"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "item_carries" ADD CONSTRAINT "item_carries_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "item_carries" ADD CONSTRAINT "item_carries_item_id_fkey" FOREIGN KEY ("item_id") REFERENCES "plan_items"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "calendar_feeds" ADD CONSTRAINT "calendar_feeds_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_proposals" ADD CONSTRAINT "plan_proposals_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "plan_proposals" ADD CONSTRAINT "plan_proposals_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What Prisma cannot say: a conversation is about one thing, and an item stands in one plan.
ALTER TABLE "conversations" ADD CONSTRAINT "conversations_one_context" CHECK (num_nonnulls("session_id", "goal_id", "weekly_plan_id", "daily_plan_id") <= 1);
ALTER TABLE "plan_items" ADD CONSTRAINT "plan_items_one_plan" CHECK (num_nonnulls("daily_plan_id", "weekly_plan_id") <= 1);
