import type { Pool } from 'pg';
import { z } from 'zod';
import { Prisma, type PrismaClient } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { IdSource } from '../../base/id.ts';
import type { Page, SortedPlace } from '../../base/page.ts';
import type { McpConfig } from '../../base/mcp-config.ts';
import type { PersonaConfig } from '../../base/persona-config.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Statements } from '../../stores/statements.ts';
import { isUniqueViolation } from '../../stores/violations.ts';
import type { ModelCalls } from '../model-calls.ts';
import type { Sorted } from '../sorted-list.ts';
import { storableJson } from '../file/file-row.ts';
import { basesOfPersonas, giveBases } from '../knowledge/persona-knowledge.ts';
import { attachServers } from '../mcp/attach.ts';
import { loadFilled } from '../prompt-template/filled-template.ts';
import { disposableBy, editableBy, isUsable } from '../workspace/sharing.ts';
import { changeSharing, requireShared, requireSharing } from '../workspace/shared-thing.ts';
import { takeOutAndTell } from '../workspace/take-out.ts';
import { parseNewPersona, parsePersonaChanges, type PersonaInput } from './persona-input.ts';
import { personaListStatement, type PersonaFilter, type PersonaOrder } from './persona-list.ts';
import { editRight, personaColumns, readTools, type PersonaRow } from './persona-row.ts';

/**
 * Virtual users. A persona belongs to one person, who may share it with a workspace; all others see who it is where it takes part in a conversation of
 * theirs.
 */
export type Personas = ReturnType<typeof createPersonas>;

/** What the service needs. */
export interface PersonaDependencies {
  readonly prisma: PrismaClient;
  readonly pool: Pool;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly newId: IdSource;
  readonly modelCalls: Pick<ModelCalls, 'nameOf'>;
  readonly conversationLog: Pick<ConversationLog, 'append'>;
  readonly limits: Pick<PersonaConfig, 'maxPerUser'> & Pick<McpConfig, 'maxServersPerPersona'>;
}

/** Whether somebody meets a persona `p`: it takes part in a conversation of theirs, or said something there. */
const isMet = (viewer: string): string => `(
  EXISTS (SELECT 1 FROM conversation_personas t JOIN participations a ON a.conversation_id = t.conversation_id AND a.user_id = ${viewer} WHERE t.persona_id = p.id)
  OR EXISTS (SELECT 1 FROM messages m JOIN participations a ON a.conversation_id = m.conversation_id AND a.user_id = ${viewer} WHERE m.persona_id = p.id))`;

/** Creates the service. */
export function createPersonas({ prisma, pool, statements, clock, newId, modelCalls, conversationLog, limits }: PersonaDependencies) {
  const byIds = async (viewer: Viewer | null, ids: readonly string[]): Promise<ReadonlyMap<string, PersonaRow>> => {
    const { userId } = requireViewer(viewer);
    const { rows } = await statements.query<PersonaRow>(
      `SELECT ${personaColumns('$2::uuid')} FROM personas p CROSS JOIN ${editRight('$2::uuid')}
       WHERE p.id = ANY($1::uuid[]) AND (${isUsable('p', '$2::uuid')} OR ${isMet('$2::uuid')})`,
      [ids, userId],
    );
    return new Map(rows.map((persona) => [persona.id, persona]));
  };

  const get = async (viewer: Viewer | null, id: string): Promise<PersonaRow> => {
    const found = (await byIds(viewer, [id])).get(id);
    if (found === undefined) throw notFound('Persona');
    return found;
  };

  /** The models of an input by their whole names, which must be there now. */
  const named = async (userId: string, { model, fallbacks }: { readonly model?: string | null; readonly fallbacks?: readonly string[] }) => ({
    ...(model == null ? {} : { model: await modelCalls.nameOf(userId, model) }),
    ...(fallbacks === undefined ? {} : { fallbacks: await Promise.all(fallbacks.map((name) => modelCalls.nameOf(userId, name))) }),
  });

  const taken = (error: unknown, handle: string | undefined, whose = 'You have'): unknown =>
    isUniqueViolation(error) && handle !== undefined
      ? new AppError('CONFLICT', `${whose} a persona with the handle "${handle}" already; choose another one.`)
      : error;

  const ownersAlone = (): AppError =>
    new AppError('FORBIDDEN', 'Only the owner of a persona gives it servers and knowledge bases; leave "mcpServerIds" and "knowledgeBaseIds" out.');

  /** A persona after a change; as it was known to whoever took it back, and sees it no more. */
  const after = async (viewer: Viewer | null, known: PersonaRow): Promise<PersonaRow> =>
    (await byIds(viewer, [known.id])).get(known.id) ?? { ...known, workspaceId: null };

  /** JSON has a null of its own, which is not meant. */
  const storedJson = (tools: readonly string[] | null | undefined, templateVariables: unknown) => ({
    ...(tools === undefined ? {} : { tools: tools === null ? Prisma.DbNull : [...new Set(tools)] }),
    ...(templateVariables === undefined ? {} : { templateVariables: templateVariables === null ? Prisma.DbNull : storableJson(templateVariables) }),
  });

  /** A persona has one system prompt, and a template that it is made of can be filled in. */
  const checkPrompt = async (userId: string, wanted: Pick<PersonaRow, 'systemPrompt' | 'templateId' | 'templateVariables'>): Promise<void> => {
    const { systemPrompt, templateId } = wanted;
    if (templateId === null) return;
    if (systemPrompt !== null) {
      throw badInput(['input', 'templateId'], 'A persona has a "systemPrompt" or a template as its prompt; set the other one to null.');
    }
    const variables = z.record(z.string(), z.json()).nullable().parse(wanted.templateVariables);
    await loadFilled(pool, userId, { id: templateId, variables }, ['input', 'templateVariables']);
  };

  return {
    byIds,

    /** One persona: one that the viewer may use, or meets in a conversation. @throws AppError NOT_FOUND */
    get,

    /** The names of the tools that a persona may use; null for all, and for those who may not change it. */
    toolsOf: ({ tools }: Pick<PersonaRow, 'tools'>) => readTools(tools),

    /** The knowledge bases of each persona of the viewer's, in one statement. */
    knowledgeOf: (viewer: Viewer | null, personaIds: readonly string[]) => basesOfPersonas(statements, viewer, personaIds),

    /** The personas that the viewer may use, in an order. @throws AppError BAD_USER_INPUT */
    list: async (viewer: Viewer | null, filter: PersonaFilter, order: PersonaOrder, page: Page<SortedPlace>): Promise<readonly Sorted<PersonaRow>[]> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await pool.query<Sorted<PersonaRow>>(personaListStatement(userId, filter, order, page));
      return rows;
    },

    /**
     * Makes a persona.
     *
     * @throws AppError BAD_USER_INPUT; NOT_FOUND for a server or a knowledge base that is not theirs, or a workspace that they are not in; FORBIDDEN for a
     *   READER of that; ENGINE_UNKNOWN; CONFLICT for a handle that is taken, and at the limit
     */
    create: async (viewer: Viewer | null, input: PersonaInput): Promise<PersonaRow> => {
      const { userId } = requireViewer(viewer);
      const { tools, templateVariables, mcpServerIds = [], knowledgeBaseIds = [], ...values } = parseNewPersona(input);
      await checkPrompt(userId, { systemPrompt: null, templateId: null, ...values, templateVariables: templateVariables ?? null });
      const models = await named(userId, values);
      const now = clock.now();
      const data = { ...values, ...models, ...storedJson(tools, templateVariables), id: newId(), ownerId: userId, createdAt: now, updatedAt: now };
      await prisma
        .$transaction(async (transaction) => {
          await requireSharing(transaction, values.workspaceId, userId);
          // Two at once would both find the last place free.
          await transaction.$queryRaw`SELECT id FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
          if ((await transaction.persona.count({ where: { ownerId: userId } })) >= limits.maxPerUser) {
            throw new AppError('CONFLICT', `You have ${limits.maxPerUser} personas, as many as are allowed; delete one that you do not need.`);
          }
          await transaction.persona.create({ data, select: { id: true } });
          if (mcpServerIds.length > 0) {
            await attachServers(transaction, { personaId: data.id, ownerId: userId, serverIds: mcpServerIds }, limits.maxServersPerPersona);
          }
          if (knowledgeBaseIds.length > 0) await giveBases(transaction, { personaId: data.id, ownerId: userId, baseIds: knowledgeBaseIds, at: now });
        })
        .catch((error: unknown) => {
          throw taken(error, values.handle);
        });
      return get(viewer, data.id);
    },

    /**
     * Changes a persona: what is absent stays, null clears. One that is shared is changed by the EDITORs of the workspace as well; its servers are its
     * owner's alone, and a new template must be one that both may use.
     *
     * @throws AppError NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, ENGINE_UNKNOWN, CONFLICT
     */
    update: async (viewer: Viewer | null, { id, ...input }: PersonaInput & { readonly id: string }): Promise<PersonaRow> => {
      const { userId } = requireViewer(viewer);
      const place = { kind: 'Persona', id, userId } as const;
      const { ownerId, isOwn } = await requireShared(prisma, place);
      const known = await get(viewer, id);
      const { tools, templateVariables, mcpServerIds, knowledgeBaseIds, workspaceId, ...values } = parsePersonaChanges(input);
      if (!isOwn && (mcpServerIds !== undefined || knowledgeBaseIds !== undefined)) throw ownersAlone();
      const { systemPrompt, templateId } = known;
      const prompt = { systemPrompt, templateId, ...values, templateVariables: templateVariables === undefined ? known.templateVariables : templateVariables };
      // Nobody makes a prompt of a text that they may not read.
      if (!isOwn && prompt.templateId !== templateId) await checkPrompt(userId, prompt);
      await checkPrompt(ownerId, prompt);
      const models = await named(userId, values);
      const data = { ...values, ...models, ...storedJson(tools, templateVariables), updatedAt: clock.now() };
      await prisma
        .$transaction(async (transaction) => {
          const left = await changeSharing(transaction, place, workspaceId);
          // Whoever takes back what others share may not change it any more after it.
          const { count } = await transaction.persona.updateMany({ where: { id, ...(left === null ? editableBy(userId) : {}) }, data });
          if (count === 0) throw notFound('Persona');
          if (left !== null) await takeOutAndTell(transaction, conversationLog, left);
          if (mcpServerIds !== undefined) {
            await attachServers(transaction, { personaId: id, ownerId: userId, serverIds: mcpServerIds }, limits.maxServersPerPersona);
          }
          if (knowledgeBaseIds !== undefined) await giveBases(transaction, { personaId: id, ownerId: userId, baseIds: knowledgeBaseIds, at: data.updatedAt });
        })
        .catch((error: unknown) => {
          throw taken(error, values.handle, isOwn ? undefined : 'Its owner has');
        });
      return after(viewer, known);
    },

    /**
     * Deletes a persona. It leaves its conversations; what it said stays, under its name.
     *
     * @throws AppError NOT_FOUND; FORBIDDEN for a member of its workspace who is no OWNER there
     */
    delete: async (viewer: Viewer | null, id: string): Promise<string> => {
      const { userId } = requireViewer(viewer);
      await requireShared(prisma, { kind: 'Persona', id, userId }, 'TAKE_BACK');
      const { count } = await prisma.persona.deleteMany({ where: { id, ...disposableBy(userId) } });
      if (count === 0) throw notFound('Persona');
      return id;
    },
  };
}
