-- AlterTable
ALTER TABLE "participants" ADD COLUMN     "active_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3);

-- What was said before there were marks counts as read.
UPDATE "participants" a SET "active_at" = c."updated_at", "read_at" = CURRENT_TIMESTAMP FROM "conversations" c WHERE c."id" = a."conversation_id";

-- The copies in participants. A conversation that is written by the same statement is not to be seen yet: its participant brings
-- `joined_at`, which is when it was made, and `expires_at`.
CREATE FUNCTION "participant_joins"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE conversation record;
BEGIN
  SELECT c.updated_at, c.expires_at INTO conversation FROM conversations c WHERE c.id = NEW.conversation_id;
  NEW.active_at := coalesce(conversation.updated_at, NEW.joined_at);
  NEW.expires_at := CASE WHEN conversation.updated_at IS NULL THEN NEW.expires_at ELSE conversation.expires_at END;
  RETURN NEW;
END $$;
CREATE TRIGGER "participant_joins" BEFORE INSERT ON "participants" FOR EACH ROW EXECUTE FUNCTION "participant_joins"();

CREATE FUNCTION "conversation_moves"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE participants SET active_at = NEW.updated_at, expires_at = NEW.expires_at WHERE conversation_id = NEW.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "conversation_moves" AFTER UPDATE OF "updated_at", "expires_at" ON "conversations" FOR EACH ROW
  WHEN (OLD.updated_at <> NEW.updated_at OR OLD.expires_at IS DISTINCT FROM NEW.expires_at) EXECUTE FUNCTION "conversation_moves"();

-- Who may see which conversation now: not those whose time is over, from that moment on, although house-keeping removes them later.
CREATE VIEW "participations" AS
  SELECT "conversation_id", "user_id" FROM "participants" WHERE "expires_at" IS NULL OR "expires_at" > now();

-- The lists of a person: pinned ones first, then recent ones. Prisma cannot express such indexes, and does not see them.
CREATE INDEX "participants_list_idx" ON "participants"("user_id", ("pinned_at" IS NOT NULL) DESC, "active_at" DESC, "conversation_id" DESC)
  WHERE "archived_at" IS NULL;
CREATE INDEX "participants_archive_idx" ON "participants"("user_id", ("pinned_at" IS NOT NULL) DESC, "active_at" DESC, "conversation_id" DESC)
  WHERE "archived_at" IS NOT NULL;
