-- CreateEnum
CREATE TYPE "McpTransport" AS ENUM ('STREAMABLE_HTTP', 'STDIO');

-- CreateEnum
CREATE TYPE "McpApproval" AS ENUM ('ALWAYS', 'WRITES', 'NEVER');

-- CreateTable
CREATE TABLE "mcp_servers" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "transport" "McpTransport" NOT NULL,
    "url" TEXT,
    "header_names" TEXT[],
    "sealed_headers" TEXT,
    "command" TEXT,
    "approval" "McpApproval" NOT NULL DEFAULT 'ALWAYS',
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "mcp_servers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "persona_mcp_servers" (
    "persona_id" UUID NOT NULL,
    "server_id" UUID NOT NULL,

    CONSTRAINT "persona_mcp_servers_pkey" PRIMARY KEY ("persona_id","server_id")
);

-- CreateIndex
CREATE INDEX "mcp_servers_owner_id_created_at_id_idx" ON "mcp_servers"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "mcp_servers_owner_id_name_key" ON "mcp_servers"("owner_id", "name");

-- CreateIndex
CREATE INDEX "persona_mcp_servers_server_id_idx" ON "persona_mcp_servers"("server_id");

-- AddForeignKey
ALTER TABLE "mcp_servers" ADD CONSTRAINT "mcp_servers_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_mcp_servers" ADD CONSTRAINT "persona_mcp_servers_persona_id_fkey" FOREIGN KEY ("persona_id") REFERENCES "personas"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "persona_mcp_servers" ADD CONSTRAINT "persona_mcp_servers_server_id_fkey" FOREIGN KEY ("server_id") REFERENCES "mcp_servers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
