-- DropForeignKey
ALTER TABLE "attachments" DROP CONSTRAINT "attachments_conversation_id_fkey";

-- CreateTable
CREATE TABLE "attachment_uses" (
    "attachment_id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,

    CONSTRAINT "attachment_uses_pkey" PRIMARY KEY ("attachment_id","conversation_id")
);

-- CreateIndex
CREATE INDEX "attachment_uses_conversation_id_idx" ON "attachment_uses"("conversation_id");

-- AddForeignKey
ALTER TABLE "attachments" ADD CONSTRAINT "attachments_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachment_uses" ADD CONSTRAINT "attachment_uses_attachment_id_fkey" FOREIGN KEY ("attachment_id") REFERENCES "attachments"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "attachment_uses" ADD CONSTRAINT "attachment_uses_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Who gives an attachment to a conversation sets `conversation_id`, and here that is kept, also when it is given to another one later.
CREATE FUNCTION "attachment_is_given"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO attachment_uses (attachment_id, conversation_id) VALUES (NEW.id, NEW.conversation_id) ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER "attachment_is_given" AFTER INSERT OR UPDATE OF "conversation_id" ON "attachments" FOR EACH ROW
  WHEN (NEW.conversation_id IS NOT NULL) EXECUTE FUNCTION "attachment_is_given"();

-- With the last conversation that has it, an attachment goes. Locked first, so that one which is given to another conversation in this moment is
-- waited for: the DELETE, a statement of its own, sees that it was.
CREATE FUNCTION "attachments_are_left"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM 1 FROM attachments WHERE id IN (SELECT attachment_id FROM gone) ORDER BY id FOR UPDATE;
  DELETE FROM attachments t WHERE t.id IN (SELECT attachment_id FROM gone)
    AND NOT EXISTS (SELECT 1 FROM attachment_uses u WHERE u.attachment_id = t.id);
  RETURN NULL;
END $$;
CREATE TRIGGER "attachments_are_left" AFTER DELETE ON "attachment_uses" REFERENCING OLD TABLE AS gone
  FOR EACH STATEMENT EXECUTE FUNCTION "attachments_are_left"();

-- Those of now: where they were sent first, and every conversation of their owners in which a message names them, also a fork.
INSERT INTO attachment_uses (attachment_id, conversation_id)
  SELECT id, conversation_id FROM attachments WHERE conversation_id IS NOT NULL
  UNION
  SELECT t.id, m.conversation_id FROM attachments t JOIN parts p ON p.kind IN ('IMAGE', 'FILE') AND p.data ->> 'attachmentId' = t.id::text
  JOIN messages m ON m.id = p.message_id JOIN participants a ON a.conversation_id = m.conversation_id AND a.user_id = t.owner_id;
