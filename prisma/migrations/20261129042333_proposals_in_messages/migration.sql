-- AlterEnum
ALTER TYPE "PartKind" ADD VALUE 'PLAN_PROPOSAL';

-- AlterTable
ALTER TABLE "plan_proposals" ADD COLUMN     "part_id" UUID,
ADD COLUMN     "version" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "versions" JSONB NOT NULL DEFAULT '{}';
