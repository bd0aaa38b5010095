-- AlterEnum
ALTER TYPE "ParticipantRole" ADD VALUE 'EDITOR';
ALTER TYPE "ParticipantRole" ADD VALUE 'READER';

-- AlterTable
ALTER TABLE "users" ADD COLUMN     "locale" TEXT;

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "conversation_id" UUID NOT NULL,
    "inviter_id" UUID NOT NULL,
    "role" "ParticipantRole" NOT NULL,
    "email" TEXT,
    "token_hash" TEXT,
    "max_uses" INTEGER,
    "use_count" INTEGER NOT NULL DEFAULT 0,
    "declined_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "mentions" (
    "message_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,

    CONSTRAINT "mentions_pkey" PRIMARY KEY ("message_id","user_id")
);

-- CreateTable
CREATE TABLE "avatars" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "media_type" TEXT NOT NULL,
    "byte_size" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "avatars_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "invitations_token_hash_key" ON "invitations"("token_hash");

-- CreateIndex
CREATE INDEX "invitations_email_created_at_id_idx" ON "invitations"("email", "created_at", "id");

-- CreateIndex
CREATE INDEX "invitations_inviter_id_idx" ON "invitations"("inviter_id");

-- CreateIndex
CREATE INDEX "invitations_expires_at_idx" ON "invitations"("expires_at");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_conversation_id_email_key" ON "invitations"("conversation_id", "email");

-- CreateIndex
CREATE INDEX "mentions_user_id_idx" ON "mentions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "avatars_user_id_key" ON "avatars"("user_id");

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_inviter_id_fkey" FOREIGN KEY ("inviter_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mentions" ADD CONSTRAINT "mentions_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "messages"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "mentions" ADD CONSTRAINT "mentions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "avatars" ADD CONSTRAINT "avatars_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- For an address or by a link, and never both.
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_kind_check" CHECK ("email" IS NULL OR "token_hash" IS NULL);

-- What somebody may do stands beside who may see.
CREATE OR REPLACE VIEW "participations" AS
  SELECT "conversation_id", "user_id", "role" FROM "participants" WHERE "expires_at" IS NULL OR "expires_at" > now();

-- Whoever joins gets the entries that the others have, instead of new ones being made for everybody: a long conversation is joined at once.
CREATE OR REPLACE FUNCTION "search_participant_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE other uuid;
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM search_entries WHERE conversation_id = OLD.conversation_id AND user_id = OLD.user_id;
    RETURN NULL;
  END IF;
  PERFORM search_index_conversation(NEW.conversation_id);
  IF TG_OP = 'INSERT' THEN
    SELECT a.user_id INTO other FROM participants a WHERE a.conversation_id = NEW.conversation_id AND a.user_id <> NEW.user_id ORDER BY a.joined_at, a.user_id LIMIT 1;
    IF other IS NULL THEN
      PERFORM search_index_messages(array_agg(m.id)) FROM messages m WHERE m.conversation_id = NEW.conversation_id AND m.created_at < NEW.joined_at HAVING count(*) > 0;
    ELSE
      INSERT INTO search_entries (subject_id, user_id, kind, conversation_id, at, names, document)
      SELECT e.subject_id, NEW.user_id, e.kind, e.conversation_id, e.at, e.names, e.document FROM search_entries e
      WHERE e.conversation_id = NEW.conversation_id AND e.user_id = other AND e.kind = 'MESSAGE' ON CONFLICT DO NOTHING;
    END IF;
  END IF;
  RETURN NULL;
END $$;
