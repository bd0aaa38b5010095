-- CreateTable
CREATE TABLE "search_entries" (
    "subject_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "kind" TEXT NOT NULL,
    "conversation_id" UUID,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "names" TEXT,
    "document" tsvector NOT NULL,

    CONSTRAINT "search_entries_pkey" PRIMARY KEY ("subject_id","user_id")
);

-- CreateIndex
CREATE INDEX "search_entries_user_id_at_idx" ON "search_entries"("user_id", "at" DESC);

-- CreateIndex
CREATE INDEX "search_entries_conversation_id_idx" ON "search_entries"("conversation_id");

-- AddForeignKey
ALTER TABLE "search_entries" ADD CONSTRAINT "search_entries_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "search_entries" ADD CONSTRAINT "search_entries_conversation_id_fkey" FOREIGN KEY ("conversation_id") REFERENCES "conversations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- In lower case and without accents. Letters that are no letter with an accent are replaced one by one; what NFKD takes apart that belongs
-- together (Hangul, kana) is joined again.
CREATE FUNCTION "search_fold"(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(value) = char_length(value) THEN lower(value) ELSE
    replace(replace(replace(replace(
      translate(lower(normalize(regexp_replace(normalize(value, NFKD), '[\u0300-\u036f]', '', 'g'), NFC)), 'øłđðħıŧ', 'olddhit'),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th')
  END
$$;

-- Words with nothing but spaces between them. Chinese and Japanese are written without: each of their characters is a word.
CREATE FUNCTION "search_words"(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(plain) = char_length(plain) THEN plain
    ELSE regexp_replace(plain, '([\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff])', ' \1 ', 'g') END
  FROM translate(search_fold(value), '!"#$%&''()*+,-./:;<=>?@[\]^_`{|}~', repeat(' ', 32)) AS plain
$$;

-- Every word as it is and, for English, its stem, so that "running" finds "run" and no other language loses a word.
CREATE FUNCTION "search_document"(names text, value text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  heading text := search_words(left(coalesce(names, ''), 10000));
  body text := search_words(left(coalesce(value, ''), 50000));
BEGIN
  IF length(body) < 20000 THEN
    RETURN setweight(to_tsvector('simple', heading) || to_tsvector('english', heading), 'A') || to_tsvector('simple', body) || to_tsvector('english', body);
  END IF;
  BEGIN
    RETURN setweight(to_tsvector('simple', heading) || to_tsvector('english', heading), 'A') || to_tsvector('simple', body) || to_tsvector('english', body);
  EXCEPTION WHEN program_limit_exceeded THEN
    -- A tsvector holds a megabyte. Nobody's message may fail because it has too many different words.
    RETURN search_document(left(heading, 2000), left(body, 5000));
  END;
END $$;

CREATE FUNCTION "search_index_messages"(ids uuid[]) RETURNS void LANGUAGE sql AS $$
  INSERT INTO search_entries (subject_id, user_id, kind, conversation_id, at, document)
  SELECT m.id, a.user_id, 'MESSAGE', m.conversation_id, m.created_at, m.document
  FROM (
    SELECT m.id, m.conversation_id, m.created_at, search_document(NULL, said.text) AS document FROM messages m CROSS JOIN LATERAL (
      SELECT string_agg(coalesce(p.text, p.data->>'title'), E'\n\n' ORDER BY p.position) AS text FROM parts p
      WHERE p.message_id = m.id AND p.kind IN ('TEXT', 'QUERY_RESULT', 'PLOT')
    ) said WHERE m.id = ANY(ids) AND m.role IN ('USER', 'ASSISTANT') AND said.text IS NOT NULL
  ) m JOIN participants a ON a.conversation_id = m.conversation_id
  ON CONFLICT (subject_id, user_id) DO UPDATE SET document = EXCLUDED.document
$$;

CREATE FUNCTION "search_index_conversation"(wanted uuid) RETURNS void LANGUAGE sql AS $$
  DELETE FROM search_entries e USING conversations c, participants a
  WHERE e.subject_id = wanted AND c.id = wanted AND a.conversation_id = wanted AND a.user_id = e.user_id AND c.title IS NULL AND a.tags = '{}';
  INSERT INTO search_entries (subject_id, user_id, kind, conversation_id, at, names, document)
  SELECT c.id, a.user_id, 'CONVERSATION', c.id, c.created_at, search_words(named.text), search_document(named.text, NULL)
  FROM conversations c JOIN participants a ON a.conversation_id = c.id
  CROSS JOIN LATERAL (SELECT concat_ws(' ', c.title, array_to_string(a.tags, ' ')) AS text) named
  WHERE c.id = wanted AND named.text <> ''
  ON CONFLICT (subject_id, user_id) DO UPDATE SET names = EXCLUDED.names, document = EXCLUDED.document
$$;

CREATE FUNCTION "search_index_file"(wanted uuid) RETURNS void LANGUAGE sql AS $$
  INSERT INTO search_entries (subject_id, user_id, kind, at, names, document)
  SELECT f.id, f.owner_id, 'FILE', f.created_at, left(search_words(concat_ws(' ', f.name, columns.names)), 10000),
    search_document(f.name, NULL) || setweight(search_document(NULL, columns.names), 'B')
  FROM files f CROSS JOIN LATERAL (
    SELECT string_agg(entry->>'name', ' ' ORDER BY place) AS names FROM jsonb_array_elements(f.columns) WITH ORDINALITY AS c (entry, place) WHERE place <= 500
  ) columns WHERE f.id = wanted
  ON CONFLICT (subject_id, user_id) DO UPDATE SET names = EXCLUDED.names, document = EXCLUDED.document
$$;

-- Parts are written together, so that a message is indexed once a statement. They go with their message alone.
CREATE FUNCTION "search_parts_change"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE ids uuid[];
BEGIN
  SELECT array_agg(DISTINCT message_id) INTO ids FROM changed WHERE kind IN ('TEXT', 'QUERY_RESULT', 'PLOT');
  IF ids IS NOT NULL THEN PERFORM search_index_messages(ids); END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "search_parts_insert" AFTER INSERT ON "parts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "search_parts_change"();
CREATE TRIGGER "search_parts_update" AFTER UPDATE ON "parts" REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION "search_parts_change"();

CREATE FUNCTION "search_forget"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_entries WHERE subject_id IN (SELECT id FROM gone);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_messages_delete" AFTER DELETE ON "messages" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "search_forget"();
CREATE TRIGGER "search_files_delete" AFTER DELETE ON "files" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "search_forget"();

CREATE FUNCTION "search_conversation_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_index_conversation(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_conversation_title" AFTER UPDATE OF "title" ON "conversations" FOR EACH ROW WHEN (OLD.title IS DISTINCT FROM NEW.title)
  EXECUTE FUNCTION "search_conversation_change"();

-- Whoever joins finds what was said before, and whoever leaves finds nothing more.
CREATE FUNCTION "search_participant_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM search_entries WHERE conversation_id = OLD.conversation_id AND user_id = OLD.user_id;
    RETURN NULL;
  END IF;
  PERFORM search_index_conversation(NEW.conversation_id);
  IF TG_OP = 'INSERT' THEN
    PERFORM search_index_messages(array_agg(m.id)) FROM messages m WHERE m.conversation_id = NEW.conversation_id AND m.created_at < NEW.joined_at HAVING count(*) > 0;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "search_participant_join" AFTER INSERT OR DELETE ON "participants" FOR EACH ROW EXECUTE FUNCTION "search_participant_change"();
CREATE TRIGGER "search_participant_tags" AFTER UPDATE OF "tags" ON "participants" FOR EACH ROW WHEN (OLD.tags IS DISTINCT FROM NEW.tags)
  EXECUTE FUNCTION "search_participant_change"();

CREATE FUNCTION "search_file_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_index_file(NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_file_insert" AFTER INSERT ON "files" FOR EACH ROW EXECUTE FUNCTION "search_file_change"();
CREATE TRIGGER "search_file_update" AFTER UPDATE OF "name", "columns" ON "files" FOR EACH ROW
  WHEN (OLD.name <> NEW.name OR OLD.columns <> NEW.columns) EXECUTE FUNCTION "search_file_change"();

-- What is there already.
SELECT search_index_messages(array_agg(id)) FROM messages HAVING count(*) > 0;
SELECT search_index_conversation(id) FROM conversations;
SELECT search_index_file(id) FROM files;

-- One index for both conditions, whose entry is one person's: the words of others are never looked at. Prisma does not see indexes on expressions.
CREATE INDEX "search_entries_document_idx" ON "search_entries" USING gin ((ARRAY["user_id"]), "document") WITH (gin_pending_list_limit = 1024);

-- Without pg_trgm everything works but names with typing errors. Where the role may not create extensions, an administrator does what the
-- warning says, once, and the server is started again.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  EXECUTE 'CREATE INDEX "search_entries_names_idx" ON "search_entries" USING gin ((ARRAY["user_id"]), "names" gin_trgm_ops) WHERE "names" IS NOT NULL';
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported OR undefined_object THEN
  RAISE WARNING 'The extension pg_trgm cannot be created (%). Search works without it, but does not find names with typing errors. See docs/search.md.', SQLERRM;
END $$;
