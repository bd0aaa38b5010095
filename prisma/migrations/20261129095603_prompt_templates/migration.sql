-- AlterTable
ALTER TABLE "personas" ADD COLUMN     "template_id" UUID,
ADD COLUMN     "template_variables" JSONB;

-- CreateTable
CREATE TABLE "prompt_templates" (
    "id" UUID NOT NULL,
    "owner_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "version" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prompt_templates_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "prompt_template_versions" (
    "id" UUID NOT NULL,
    "template_id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    "variables" JSONB NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "prompt_template_versions_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "prompt_templates_owner_id_created_at_id_idx" ON "prompt_templates"("owner_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "prompt_template_versions_template_id_created_at_id_idx" ON "prompt_template_versions"("template_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "prompt_template_versions_template_id_version_key" ON "prompt_template_versions"("template_id", "version");

-- CreateIndex
CREATE INDEX "personas_template_id_idx" ON "personas"("template_id");

-- AddForeignKey
ALTER TABLE "personas" ADD CONSTRAINT "personas_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "prompt_templates"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompt_templates" ADD CONSTRAINT "prompt_templates_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "prompt_template_versions" ADD CONSTRAINT "prompt_template_versions_template_id_fkey" FOREIGN KEY ("template_id") REFERENCES "prompt_templates"("id") ON DELETE CASCADE ON UPDATE CASCADE;
