-- CreateIndex
CREATE INDEX "plan_items_owner_id_created_at_id_idx" ON "plan_items"("owner_id", "created_at", "id");

-- The items of no plan, in their order. Prisma cannot express such an index, and does not see it.
CREATE INDEX "plan_items_unplanned_idx" ON "plan_items"("owner_id", "position") WHERE "daily_plan_id" IS NULL AND "weekly_plan_id" IS NULL;

-- Something of one person's alone, by its names and its text. What says nothing has no entry.
CREATE FUNCTION "search_put"(subject uuid, owner uuid, what text, since timestamptz, named text, body text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(named, '') = '' AND coalesce(body, '') = '' THEN
    DELETE FROM search_entries WHERE subject_id = subject;
    RETURN;
  END IF;
  INSERT INTO search_entries (subject_id, user_id, kind, at, names, document)
  VALUES (subject, owner, what, since, nullif(left(search_words(named), 10000), ''), search_document(named, body))
  ON CONFLICT (subject_id, user_id) DO UPDATE SET names = EXCLUDED.names, document = EXCLUDED.document;
END $$;

CREATE FUNCTION "search_goal_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_put(NEW.id, NEW.owner_id, 'GOAL', NEW.created_at, NEW.title, NEW.description);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_goal_insert" AFTER INSERT ON "goals" FOR EACH ROW EXECUTE FUNCTION "search_goal_change"();
CREATE TRIGGER "search_goal_update" AFTER UPDATE OF "title", "description" ON "goals" FOR EACH ROW
  WHEN (OLD.title <> NEW.title OR OLD.description IS DISTINCT FROM NEW.description) EXECUTE FUNCTION "search_goal_change"();

CREATE FUNCTION "search_weekly_plan_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_put(NEW.id, NEW.owner_id, 'WEEKLY_PLAN', NEW.created_at, array_to_string(NEW.focus_areas, ' '), NEW.summary);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_weekly_plan_insert" AFTER INSERT ON "weekly_plans" FOR EACH ROW EXECUTE FUNCTION "search_weekly_plan_change"();
CREATE TRIGGER "search_weekly_plan_update" AFTER UPDATE OF "focus_areas", "summary" ON "weekly_plans" FOR EACH ROW
  WHEN (OLD.focus_areas <> NEW.focus_areas OR OLD.summary IS DISTINCT FROM NEW.summary) EXECUTE FUNCTION "search_weekly_plan_change"();

CREATE FUNCTION "search_daily_plan_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_put(NEW.id, NEW.owner_id, 'DAILY_PLAN', NEW.created_at, NULL, NEW.summary);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_daily_plan_insert" AFTER INSERT ON "daily_plans" FOR EACH ROW EXECUTE FUNCTION "search_daily_plan_change"();
CREATE TRIGGER "search_daily_plan_update" AFTER UPDATE OF "summary" ON "daily_plans" FOR EACH ROW
  WHEN (OLD.summary IS DISTINCT FROM NEW.summary) EXECUTE FUNCTION "search_daily_plan_change"();

CREATE FUNCTION "search_plan_item_change"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_put(NEW.id, NEW.owner_id, 'PLAN_ITEM', NEW.created_at, NEW.title, NEW.notes);
  RETURN NULL;
END $$;
CREATE TRIGGER "search_plan_item_insert" AFTER INSERT ON "plan_items" FOR EACH ROW EXECUTE FUNCTION "search_plan_item_change"();
CREATE TRIGGER "search_plan_item_update" AFTER UPDATE OF "title", "notes" ON "plan_items" FOR EACH ROW
  WHEN (OLD.title <> NEW.title OR OLD.notes IS DISTINCT FROM NEW.notes) EXECUTE FUNCTION "search_plan_item_change"();

CREATE TRIGGER "search_goals_delete" AFTER DELETE ON "goals" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "search_forget"();
CREATE TRIGGER "search_weekly_plans_delete" AFTER DELETE ON "weekly_plans" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "search_forget"();
CREATE TRIGGER "search_daily_plans_delete" AFTER DELETE ON "daily_plans" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "search_forget"();
CREATE TRIGGER "search_plan_items_delete" AFTER DELETE ON "plan_items" REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION "search_forget"();

-- What is there already.
SELECT search_put(id, owner_id, 'GOAL', created_at, title, description) FROM goals;
SELECT search_put(id, owner_id, 'WEEKLY_PLAN', created_at, array_to_string(focus_areas, ' '), summary) FROM weekly_plans;
SELECT search_put(id, owner_id, 'DAILY_PLAN', created_at, NULL, summary) FROM daily_plans;
SELECT search_put(id, owner_id, 'PLAN_ITEM', created_at, title, notes) FROM plan_items;
