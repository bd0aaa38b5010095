import { z } from 'zod';
import type { Prisma, PrismaClient, TurnPolicy } from '../../../prisma/generated/client.ts';
import { requireViewer, type Viewer } from '../../auth/viewer.ts';
import type { Clock } from '../../base/clock.ts';
import { AppError, badInput, notFound } from '../../base/errors.ts';
import type { PersonaConfig } from '../../base/persona-config.ts';
import { parseInput } from '../../base/validate.ts';
import type { ConversationLog } from '../../events/conversation-log.ts';
import type { Statements } from '../../stores/statements.ts';
import { lockConversation } from '../branch/lock-conversation.ts';
import { findRole, requireRole, type RoomRole } from '../room/permissions.ts';
import type { ModelCalls } from '../model-calls.ts';
import { modelText } from '../run/options.ts';
import { usableBy } from '../workspace/sharing.ts';
import { holdUsable } from '../workspace/shared-thing.ts';
import { editRight, personaColumns, type PersonaRow } from './persona-row.ts';

/** Who of the personas takes part where, and which of them answer. */
export type ConversationPersonas = ReturnType<typeof createConversationPersonas>;

/** What to change of it: what is absent stays, null takes the default. */
export interface TurnTakingInput {
  readonly policy?: TurnPolicy | null | undefined;
  readonly maxTurns?: number | null | undefined;
  readonly moderatorModel?: string | null | undefined;
}

/** What the service needs. */
export interface ConversationPersonaDependencies {
  readonly prisma: PrismaClient;
  readonly statements: Statements;
  readonly clock: Clock;
  readonly conversationLog: ConversationLog;
  readonly modelCalls: Pick<ModelCalls, 'nameOf'>;
  readonly limits: PersonaConfig;
}

/** Creates the service. */
export function createConversationPersonas({ prisma, statements, clock, conversationLog, modelCalls, limits }: ConversationPersonaDependencies) {
  /** Changes who takes part, with the conversation locked, and says so to its watchers. */
  const changeRoom = async (
    viewer: Viewer | null,
    conversationId: string,
    work: (transaction: Prisma.TransactionClient, userId: string, role: RoomRole | undefined) => Promise<boolean>,
  ): Promise<string> => {
    const { userId } = requireViewer(viewer);
    await prisma.$transaction(async (transaction) => {
      await lockConversation(transaction, conversationId);
      const role = await findRole(transaction, { conversationId, userId });
      if (await work(transaction, userId, role)) await conversationLog.append(transaction, conversationId, { type: 'PersonasChanged' });
    });
    return conversationId;
  };

  return {
    /** The personas of each conversation that the viewer sees, in the order in which they were added, in one statement. */
    ofConversations: async (viewer: Viewer | null, conversationIds: readonly string[]): Promise<ReadonlyMap<string, readonly PersonaRow[]>> => {
      const { userId } = requireViewer(viewer);
      const { rows } = await statements.query<PersonaRow & { readonly conversationId: string }>(
        `SELECT t.conversation_id AS "conversationId", ${personaColumns('$2::uuid')} FROM conversation_personas t JOIN personas p ON p.id = t.persona_id CROSS JOIN ${editRight('$2::uuid')}
         JOIN participations a ON a.conversation_id = t.conversation_id AND a.user_id = $2::uuid
         WHERE t.conversation_id = ANY($1::uuid[]) ORDER BY t.added_at, t.persona_id`,
        [conversationIds, userId],
      );
      return Map.groupBy(rows, (row) => row.conversationId);
    },

    /**
     * Brings a persona that the viewer may use into a conversation. One that is there stays as it is.
     *
     * @throws AppError NOT_FOUND for a conversation that the viewer does not see, or a persona that they may not use; FORBIDDEN for a READER; CONFLICT at the limit, and
     *   where another persona there has the same handle
     */
    add: (viewer: Viewer | null, conversationId: string, personaId: string): Promise<string> =>
      changeRoom(viewer, conversationId, async (transaction, userId, role) => {
        requireRole(role, 'ADD_PERSONA');
        await holdUsable(transaction, 'Persona', [personaId], userId);
        const persona = await transaction.persona.findUniqueOrThrow({ where: { id: personaId }, select: { handle: true } });
        const others = await transaction.conversationPersona.findMany({ where: { conversationId }, select: { personaId: true, persona: true } });
        if (others.some((other) => other.personaId === personaId)) return false;
        if (others.some((other) => other.persona.handle === persona.handle)) {
          throw new AppError('CONFLICT', `Another persona is "@${persona.handle}" in this conversation; give one of them another handle.`);
        }
        if (others.length >= limits.maxPerConversation) {
          throw new AppError('CONFLICT', `This conversation has ${others.length} personas, as many as are allowed; remove one with "removePersona".`);
        }
        await transaction.conversationPersona.create({ data: { conversationId, personaId, addedAt: clock.now() } });
        return true;
      }),

    /**
     * Takes a persona out of a conversation; what it said stays. A turn that it has begun goes on to its end.
     *
     * @throws AppError NOT_FOUND for a conversation that the viewer does not see, or a persona that is not in it; FORBIDDEN for whoever is no OWNER, where the
     *   persona is none that they may use
     */
    remove: (viewer: Viewer | null, conversationId: string, personaId: string): Promise<string> =>
      changeRoom(viewer, conversationId, async (transaction, userId, role) => {
        const mayAdd = (await transaction.persona.count({ where: { id: personaId, ...usableBy(userId) } })) > 0;
        requireRole(role, mayAdd ? 'ADD_PERSONA' : 'REMOVE_PERSONA');
        const { count } = await transaction.conversationPersona.deleteMany({ where: { conversationId, personaId } });
        if (count === 0) throw notFound('Persona');
        return true;
      }),

    /**
     * Says which personas answer in a conversation. A round that has begun goes on as it began.
     *
     * @throws AppError NOT_FOUND, FORBIDDEN, BAD_USER_INPUT, ENGINE_UNKNOWN
     */
    setTurnTaking: async (viewer: Viewer | null, conversationId: string, input: TurnTakingInput): Promise<string> => {
      const { userId } = requireViewer(viewer);
      const shape = z.object({
        maxTurns: z.int().min(1, 'is at least 1').max(limits.maxTurns, `is at most ${limits.maxTurns}`).nullish(),
        moderatorModel: modelText.nullish(),
      });
      const { maxTurns, moderatorModel } = parseInput(shape, { maxTurns: input.maxTurns, moderatorModel: input.moderatorModel });
      if (input.policy === undefined && maxTurns === undefined && moderatorModel === undefined) {
        throw badInput(['input'], 'Nothing is to be changed: give "policy", "maxTurns" or "moderatorModel".');
      }
      const model = moderatorModel == null ? moderatorModel : await modelCalls.nameOf(userId, moderatorModel);
      return changeRoom(viewer, conversationId, async (transaction, _userId, role) => {
        requireRole(role, 'TAKE_TURNS');
        const changes = {
          ...(input.policy === undefined ? {} : { turnPolicy: input.policy ?? 'MENTIONED' }),
          ...(maxTurns === undefined ? {} : { maxTurns }),
          ...(model === undefined ? {} : { moderatorModel: model }),
        };
        await transaction.conversation.update({ where: { id: conversationId }, data: changes, select: { id: true } });
        return true;
      });
    },
  };
}
