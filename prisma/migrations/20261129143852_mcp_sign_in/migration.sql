-- AlterTable
ALTER TABLE "mcp_servers" ADD COLUMN     "sealed_sign_in" TEXT,
ADD COLUMN     "signed_in_at" TIMESTAMPTZ(3);
