-- CreateTable
CREATE TABLE "changes" (
    "user_id" UUID NOT NULL,
    "thing" TEXT NOT NULL,
    "thing_id" UUID NOT NULL,
    "transaction" BIGINT NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "changes_pkey" PRIMARY KEY ("user_id","thing","thing_id")
);

-- CreateIndex
CREATE INDEX "changes_user_id_transaction_idx" ON "changes"("user_id", "transaction");

-- CreateIndex
CREATE INDEX "changes_changed_at_idx" ON "changes"("changed_at");

-- AddForeignKey
ALTER TABLE "changes" ADD CONSTRAINT "changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Told are people who may see the thing, or might before. One row stands for all changes of a thing, so the table grows with what there is and not with
-- what happens. Whoever reads looks the thing up as it is by then: nothing of it is copied here.
CREATE FUNCTION "changes_tell"(people uuid[], what text, subject uuid) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  -- By users, since some may be going in this very transaction; in order, so that two transactions never wait for each other.
  INSERT INTO changes (user_id, thing, thing_id, transaction, changed_at)
  SELECT u.id, what, subject, pg_current_xact_id()::text::bigint, clock_timestamp() FROM users u WHERE u.id = ANY(people) ORDER BY u.id
  ON CONFLICT (user_id, thing, thing_id) DO UPDATE SET transaction = EXCLUDED.transaction, changed_at = EXCLUDED.changed_at
  WHERE changes.transaction <> EXCLUDED.transaction;
  PERFORM pg_notify('changes', person::text) FROM unnest(people) AS person WHERE person IS NOT NULL;
END $$;

-- What belongs to one person alone.
CREATE FUNCTION "changes_of_owned"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE thing record := coalesce(NEW, OLD);
BEGIN
  PERFORM changes_tell(ARRAY[thing.owner_id], TG_ARGV[0], thing.id);
  RETURN NULL;
END $$;

-- What may be shared with a workspace.
CREATE FUNCTION "changes_of_shared"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  owners uuid[] := '{}';
  homes uuid[] := '{}';
  subject uuid;
BEGIN
  IF TG_OP <> 'INSERT' THEN
    owners := owners || OLD.owner_id;
    homes := homes || OLD.workspace_id;
    subject := OLD.id;
  END IF;
  IF TG_OP <> 'DELETE' THEN
    owners := owners || NEW.owner_id;
    homes := homes || NEW.workspace_id;
    subject := NEW.id;
  END IF;
  PERFORM changes_tell(owners || ARRAY(SELECT m.user_id FROM workspace_members m WHERE m.workspace_id = ANY(homes)), TG_ARGV[0], subject);
  RETURN NULL;
END $$;

-- A workspace itself, its quotas and its keys.
CREATE FUNCTION "changes_of_workspace"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := coalesce(NEW, OLD);
  subject uuid;
BEGIN
  IF TG_TABLE_NAME = 'workspaces' THEN subject := thing.id; ELSE subject := thing.workspace_id; END IF;
  PERFORM changes_tell(ARRAY(SELECT m.user_id FROM workspace_members m WHERE m.workspace_id = subject), 'Workspace', subject);
  RETURN NULL;
END $$;

-- Members come, go and change their role: all see it. When the workspace goes, each is told of that alone.
CREATE FUNCTION "changes_of_member"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE member record := coalesce(NEW, OLD);
BEGIN
  PERFORM changes_tell(
    ARRAY[member.user_id] || ARRAY(
      SELECT m.user_id FROM workspace_members m WHERE m.workspace_id = member.workspace_id AND EXISTS (SELECT FROM workspaces w WHERE w.id = member.workspace_id)
    ),
    'Workspace',
    member.workspace_id
  );
  RETURN NULL;
END $$;

-- Participants come, go and change their role: all see it. Everything else in such a row is a person's own.
CREATE FUNCTION "changes_of_participant"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  participant record := coalesce(NEW, OLD);
  people uuid[] := ARRAY[participant.user_id];
BEGIN
  IF TG_OP <> 'UPDATE' OR OLD.role <> NEW.role THEN
    people := people || ARRAY(
      SELECT p.user_id FROM participants p
      WHERE p.conversation_id = participant.conversation_id AND EXISTS (SELECT FROM conversations c WHERE c.id = participant.conversation_id)
    );
  END IF;
  PERFORM changes_tell(people, 'Conversation', participant.conversation_id);
  RETURN NULL;
END $$;

-- What is said in a conversation moves its participants already.
CREATE FUNCTION "changes_of_conversation"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM changes_tell(ARRAY(SELECT p.user_id FROM participants p WHERE p.conversation_id = NEW.id), 'Conversation', NEW.id);
  RETURN NULL;
END $$;

-- Who invites, and who is invited by address.
CREATE FUNCTION "changes_of_invitation"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE invitation record := coalesce(NEW, OLD);
BEGIN
  PERFORM changes_tell(ARRAY[invitation.inviter_id] || ARRAY(SELECT u.id FROM users u WHERE u.email = invitation.email), 'Invitation', invitation.id);
  RETURN NULL;
END $$;

-- The person, with the picture and the settings.
CREATE FUNCTION "changes_of_person"() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  thing record := coalesce(NEW, OLD);
  person uuid;
BEGIN
  IF TG_TABLE_NAME = 'users' THEN person := thing.id; ELSE person := thing.user_id; END IF;
  PERFORM changes_tell(ARRAY[person], TG_ARGV[0], person);
  RETURN NULL;
END $$;

CREATE TRIGGER "changes_of_goal" AFTER INSERT OR DELETE ON "goals" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('Goal');
CREATE TRIGGER "changes_of_goal_update" AFTER UPDATE ON "goals" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_owned"('Goal');
CREATE TRIGGER "changes_of_weekly_plan" AFTER INSERT OR DELETE ON "weekly_plans" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('WeeklyPlan');
CREATE TRIGGER "changes_of_weekly_plan_update" AFTER UPDATE ON "weekly_plans" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_owned"('WeeklyPlan');
CREATE TRIGGER "changes_of_daily_plan" AFTER INSERT OR DELETE ON "daily_plans" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('DailyPlan');
CREATE TRIGGER "changes_of_daily_plan_update" AFTER UPDATE ON "daily_plans" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_owned"('DailyPlan');
CREATE TRIGGER "changes_of_plan_item" AFTER INSERT OR DELETE ON "plan_items" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('PlanItem');
CREATE TRIGGER "changes_of_plan_item_update" AFTER UPDATE ON "plan_items" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_owned"('PlanItem');
CREATE TRIGGER "changes_of_recurrence" AFTER INSERT OR DELETE ON "recurrences" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('Recurrence');
CREATE TRIGGER "changes_of_recurrence_update" AFTER UPDATE ON "recurrences" FOR EACH ROW
  WHEN (OLD.updated_at IS DISTINCT FROM NEW.updated_at) EXECUTE FUNCTION "changes_of_owned"('Recurrence');
CREATE TRIGGER "changes_of_plan_proposal" AFTER INSERT OR DELETE ON "plan_proposals" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('PlanProposal');
CREATE TRIGGER "changes_of_plan_proposal_update" AFTER UPDATE ON "plan_proposals" FOR EACH ROW
  WHEN (OLD.version <> NEW.version OR OLD.status <> NEW.status) EXECUTE FUNCTION "changes_of_owned"('PlanProposal');
CREATE TRIGGER "changes_of_planner_settings" AFTER INSERT ON "planner_settings" FOR EACH ROW EXECUTE FUNCTION "changes_of_person"('PlannerSettings');
CREATE TRIGGER "changes_of_planner_settings_update" AFTER UPDATE ON "planner_settings" FOR EACH ROW
  WHEN (OLD.updated_at IS DISTINCT FROM NEW.updated_at) EXECUTE FUNCTION "changes_of_person"('PlannerSettings');

CREATE TRIGGER "changes_of_participant" AFTER INSERT OR DELETE ON "participants" FOR EACH ROW EXECUTE FUNCTION "changes_of_participant"();
CREATE TRIGGER "changes_of_participant_update" AFTER UPDATE ON "participants" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_participant"();
CREATE TRIGGER "changes_of_conversation" AFTER UPDATE ON "conversations" FOR EACH ROW
  WHEN (
    (OLD.title, OLD.defaults, OLD.goal_id, OLD.weekly_plan_id, OLD.daily_plan_id, OLD.turn_policy, OLD.max_turns, OLD.moderator_model, OLD.owner_id)
    IS DISTINCT FROM
    (NEW.title, NEW.defaults, NEW.goal_id, NEW.weekly_plan_id, NEW.daily_plan_id, NEW.turn_policy, NEW.max_turns, NEW.moderator_model, NEW.owner_id)
  )
  EXECUTE FUNCTION "changes_of_conversation"();
CREATE TRIGGER "changes_of_invitation" AFTER INSERT OR DELETE ON "invitations" FOR EACH ROW EXECUTE FUNCTION "changes_of_invitation"();
CREATE TRIGGER "changes_of_invitation_update" AFTER UPDATE ON "invitations" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_invitation"();

CREATE TRIGGER "changes_of_session" AFTER INSERT OR DELETE ON "sessions" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('Session');
CREATE TRIGGER "changes_of_session_update" AFTER UPDATE ON "sessions" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_owned"('Session');
CREATE TRIGGER "changes_of_file" AFTER INSERT OR DELETE ON "files" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('File');
CREATE TRIGGER "changes_of_file_update" AFTER UPDATE ON "files" FOR EACH ROW
  WHEN (
    (OLD.name, OLD.table_name, OLD.status, OLD.revision, OLD.session_id, OLD.removed_at)
    IS DISTINCT FROM
    (NEW.name, NEW.table_name, NEW.status, NEW.revision, NEW.session_id, NEW.removed_at)
  )
  EXECUTE FUNCTION "changes_of_owned"('File');
CREATE TRIGGER "changes_of_derived_table" AFTER INSERT OR DELETE ON "derived_tables" FOR EACH ROW EXECUTE FUNCTION "changes_of_owned"('DerivedTable');
CREATE TRIGGER "changes_of_derived_table_update" AFTER UPDATE ON "derived_tables" FOR EACH ROW
  WHEN ((OLD.name, OLD.is_current) IS DISTINCT FROM (NEW.name, NEW.is_current)) EXECUTE FUNCTION "changes_of_owned"('DerivedTable');

CREATE TRIGGER "changes_of_persona" AFTER INSERT OR DELETE ON "personas" FOR EACH ROW EXECUTE FUNCTION "changes_of_shared"('Persona');
CREATE TRIGGER "changes_of_persona_update" AFTER UPDATE ON "personas" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_shared"('Persona');
CREATE TRIGGER "changes_of_prompt_template" AFTER INSERT OR DELETE ON "prompt_templates" FOR EACH ROW EXECUTE FUNCTION "changes_of_shared"('PromptTemplate');
CREATE TRIGGER "changes_of_prompt_template_update" AFTER UPDATE ON "prompt_templates" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_shared"('PromptTemplate');
CREATE TRIGGER "changes_of_knowledge_base" AFTER INSERT OR DELETE ON "knowledge_bases" FOR EACH ROW EXECUTE FUNCTION "changes_of_shared"('KnowledgeBase');
CREATE TRIGGER "changes_of_knowledge_base_update" AFTER UPDATE ON "knowledge_bases" FOR EACH ROW
  WHEN (
    (OLD.name, OLD.description, OLD.embedding_model, OLD.reranker, OLD.workspace_id, OLD.owner_id)
    IS DISTINCT FROM
    (NEW.name, NEW.description, NEW.embedding_model, NEW.reranker, NEW.workspace_id, NEW.owner_id)
  )
  EXECUTE FUNCTION "changes_of_shared"('KnowledgeBase');

CREATE TRIGGER "changes_of_workspace" AFTER UPDATE ON "workspaces" FOR EACH ROW WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_workspace"();
CREATE TRIGGER "changes_of_workspace_quota" AFTER INSERT OR UPDATE OR DELETE ON "workspace_quotas" FOR EACH ROW EXECUTE FUNCTION "changes_of_workspace"();
CREATE TRIGGER "changes_of_workspace_key" AFTER INSERT ON "provider_keys" FOR EACH ROW
  WHEN (NEW.workspace_id IS NOT NULL) EXECUTE FUNCTION "changes_of_workspace"();
CREATE TRIGGER "changes_of_workspace_key_update" AFTER UPDATE ON "provider_keys" FOR EACH ROW
  WHEN (NEW.workspace_id IS NOT NULL AND OLD.updated_at IS DISTINCT FROM NEW.updated_at) EXECUTE FUNCTION "changes_of_workspace"();
CREATE TRIGGER "changes_of_workspace_key_delete" AFTER DELETE ON "provider_keys" FOR EACH ROW
  WHEN (OLD.workspace_id IS NOT NULL) EXECUTE FUNCTION "changes_of_workspace"();
CREATE TRIGGER "changes_of_member" AFTER INSERT OR DELETE ON "workspace_members" FOR EACH ROW EXECUTE FUNCTION "changes_of_member"();
CREATE TRIGGER "changes_of_member_update" AFTER UPDATE ON "workspace_members" FOR EACH ROW
  WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION "changes_of_member"();

CREATE TRIGGER "changes_of_person" AFTER UPDATE ON "users" FOR EACH ROW
  WHEN (
    (OLD.email, OLD.username, OLD.full_name, OLD.locale, OLD.role) IS DISTINCT FROM (NEW.email, NEW.username, NEW.full_name, NEW.locale, NEW.role)
  )
  EXECUTE FUNCTION "changes_of_person"('User');
CREATE TRIGGER "changes_of_avatar" AFTER INSERT OR UPDATE OR DELETE ON "avatars" FOR EACH ROW EXECUTE FUNCTION "changes_of_person"('User');
