import type { Pool } from 'pg';
import { z } from 'zod';
import type { TurnPolicy } from '../../../prisma/generated/client.ts';
import { isUsable, isUsableIn } from '../workspace/sharing.ts';
import { mentionsIn } from './mentions.ts';

const speakerShape = z.object({
  id: z.string(),
  name: z.string(),
  handle: z.string(),
  description: z.string().nullable(),
  systemPrompt: z.string().nullable(),
  model: z.string().nullable(),
  fallbacks: z.array(z.string()).catch([]),
  temperature: z.number().nullable(),
  tools: z.array(z.string()).nullable().catch(null),
  /** The tools that a person must approve of. */
  approvals: z.array(z.string()).catch([]),
  mayAsk: z.boolean(),
  ownerId: z.string(),
  workspaceId: z.string().nullable(),
  templateId: z.string().nullable(),
  templateVariables: z.record(z.string(), z.json()).nullable().catch(null),
});

/** A persona as a run needs it. */
export type Speaker = z.infer<typeof speakerShape>;

/** A persona `p` as `Speaker`, in JSON. */
const speakerJson = `json_build_object('id', p.id, 'name', p.name, 'handle', p.handle, 'description', p.description, 'systemPrompt', p.system_prompt,
  'model', p.model, 'fallbacks', p.fallbacks, 'temperature', p.temperature, 'tools', p.tools, 'approvals', p.approvals, 'mayAsk', p.may_ask, 'ownerId', p.owner_id,
  'workspaceId', p.workspace_id,  'templateId', p.template_id, 'templateVariables', p.template_variables)`;

/** Who can speak in a conversation, and how they take turns. */
export interface Speakers {
  readonly policy: TurnPolicy;
  /** Null for as many as the policy says. */
  readonly maxTurns: number | null;
  /** `provider:model`; null for the one that would answer without personas. */
  readonly moderatorModel: string | null;
  /** In the order in which they were added. */
  readonly personas: readonly Speaker[];
}

const nobody: Speakers = { policy: 'MENTIONED', maxTurns: null, moderatorModel: null, personas: [] };

/** Who can speak in a conversation: those that somebody in it may use. Nobody in one that is not there for the person who asks. */
export async function loadSpeakers(pool: Pool, userId: string, conversationId: string): Promise<Speakers> {
  const { rows } = await pool.query<Omit<Speakers, 'personas'> & { readonly personas: unknown }>({
    name: 'speakers-of-conversation',
    text: `SELECT c.turn_policy AS policy, c.max_turns AS "maxTurns", c.moderator_model AS "moderatorModel",
        (SELECT COALESCE(json_agg(${speakerJson} ORDER BY t.added_at, t.persona_id), '[]') FROM conversation_personas t JOIN personas p ON p.id = t.persona_id
         WHERE t.conversation_id = c.id AND ${isUsableIn('p', 'c.id')}) AS personas
      FROM conversations c JOIN participations a ON a.conversation_id = c.id AND a.user_id = $2 WHERE c.id = $1`,
    values: [conversationId, userId],
  });
  const [found] = rows;
  return found === undefined ? nobody : { ...found, personas: z.array(speakerShape).parse(found.personas) };
}

/** Where a persona speaks, and for whom. */
interface SpeakingPlace {
  readonly conversationId: string;
  readonly userId: string;
}

/** The persona of a run, whether or not it takes part any more; null when it is gone, or neither whoever asks nor anybody there may use it any more. */
export async function loadSpeaker(pool: Pool, personaId: string, { conversationId, userId }: SpeakingPlace): Promise<Speaker | null> {
  const { rows } = await pool.query<{ readonly speaker: unknown }>({
    name: 'speaker',
    text: `SELECT ${speakerJson} AS speaker FROM personas p WHERE p.id = $1 AND (${isUsable('p', '$3::uuid')} OR ${isUsableIn('p', '$2::uuid')})`,
    values: [personaId, conversationId, userId],
  });
  return rows[0] === undefined ? null : speakerShape.parse(rows[0].speaker);
}

/** A persona that may answer in a conversation: one that takes part, or that whoever asks may use; null otherwise. */
export async function loadSpeakerFor(pool: Pool, personaId: string, place: SpeakingPlace): Promise<Speaker | null> {
  const { rows } = await pool.query<{ readonly speaker: unknown }>({
    name: 'speaker-for-somebody',
    text: `SELECT ${speakerJson} AS speaker FROM personas p WHERE p.id = $1 AND (${isUsable('p', '$3::uuid')}
        OR EXISTS (SELECT 1 FROM conversation_personas t WHERE t.persona_id = p.id AND t.conversation_id = $2) AND ${isUsableIn('p', '$2::uuid')})`,
    values: [personaId, place.conversationId, place.userId],
  });
  return rows[0] === undefined ? null : speakerShape.parse(rows[0].speaker);
}

/** The turns that follow the first one. */
export interface NewRound {
  readonly policy: TurnPolicy;
  readonly maxTurns: number;
  /** Who speaks after the first, in their order; empty where a moderator picks. */
  readonly personaIds: readonly string[];
}

/** Who answers a message first, and whether others follow. */
export interface FirstTurn {
  /** Null for the assistant without a persona, and where a moderator is yet to pick. */
  readonly speaker: Speaker | null;
  /** Null when nobody can follow. */
  readonly round: NewRound | null;
}

/** The order of a round: those that are mentioned, then the others, over and over up to a number of turns. */
function inTurns(personas: readonly Speaker[], mentioned: readonly string[], turns: number): readonly string[] {
  const order = [...mentioned, ...personas.map(({ id }) => id).filter((id) => !mentioned.includes(id))];
  return Array.from({ length: turns }, (_, index) => order[index % order.length] ?? '');
}

/**
 * Who answers what a person says.
 *
 * @param text what is said, with its mentions
 * @param most how many turns are allowed at all
 */
export function firstTurnOf({ policy, maxTurns, personas }: Speakers, text: string, most: number): FirstTurn {
  const mentioned = mentionsIn(text, personas);
  const speakerOf = (id: string | undefined): Speaker | null => personas.find((persona) => persona.id === id) ?? null;
  const [only] = personas;
  if (only === undefined) return { speaker: null, round: null };
  if (policy === 'MODERATED') {
    const turns = Math.min(maxTurns ?? personas.length, most);
    if (personas.length === 1) return { speaker: only, round: null };
    return { speaker: speakerOf(mentioned[0]), round: { policy, maxTurns: turns, personaIds: [] } };
  }
  const answering = mentioned.length === 0 && personas.length === 1 ? [only.id] : mentioned;
  const [first, ...others] =
    policy === 'ROUND_ROBIN' ? inTurns(personas, mentioned, Math.min(maxTurns ?? personas.length, most)) : answering.slice(0, Math.min(maxTurns ?? most, most));
  return { speaker: speakerOf(first), round: others.length === 0 ? null : { policy, maxTurns: others.length + 1, personaIds: others } };
}
