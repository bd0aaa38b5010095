import { z } from 'zod';
import { parseInput } from '../../base/validate.ts';
import { bodyText, lineText, present, refuseNull } from '../planner/input.ts';
import { modelText } from '../run/options.ts';
import { handlePattern } from './mentions.ts';

/** A handle is stored in lower case, as it is compared. */
const handle = z
  .string()
  .transform((text) => text.replace(/^@/, '').toLowerCase())
  .refine((text) => handlePattern.test(text), 'has 1 to 32 letters, digits, "_" or "-", and begins and ends with a letter or a digit, for example "ada"');

const isOneCharacter = (text: string): boolean => [...new Intl.Segmenter().segment(text)].length === 1;

const emoji = z
  .string()
  .trim()
  .max(32, 'must be one character, for example "🦉"')
  .refine((text) => isOneCharacter(text) && !/^[\p{C}\p{Z}<>&"'`]/u.test(text), 'must be one character, for example "🦉"');

const color = z
  .string()
  .regex(/^#[0-9a-fA-F]{6}$/, 'must be a colour such as "#3366cc"')
  .transform((text) => text.toLowerCase());

const toolName = z.string().regex(/^[A-Za-z0-9_.-]{1,100}$/, 'must be the name of a tool: at most 100 letters, digits, "_", "." or "-"');

const fields = {
  name: lineText(80),
  handle,
  description: bodyText(1_000).exactOptional(),
  emoji: emoji.nullable().exactOptional(),
  color: color.nullable().exactOptional(),
  systemPrompt: bodyText(50_000).exactOptional(),
  model: modelText.nullable().exactOptional(),
  fallbacks: z.array(modelText).max(3, 'names at most 3 models').exactOptional(),
  temperature: z.number().min(0, 'is from 0 to 2').max(2, 'is from 0 to 2').nullable().exactOptional(),
  approvals: z.array(toolName).max(50, 'names at most 50 tools').exactOptional(),
  mayAsk: z.boolean().exactOptional(),
  templateId: z.uuid().nullable().exactOptional(),
  templateVariables: z.record(z.string(), z.json(), 'must be an object: {"name": "value"}').nullable().exactOptional(),
  mcpServerIds: z.array(z.uuid()).exactOptional(),
  knowledgeBaseIds: z.array(z.uuid()).exactOptional(),
  tools: z.array(toolName).max(50, 'names at most 50 tools').nullable().exactOptional(),
  workspaceId: z.uuid().nullable().exactOptional(),
};

const newPersona = z.object(fields);
const changes = z.object({ ...fields, name: fields.name.exactOptional(), handle: fields.handle.exactOptional() });

/** What a persona is to be like; what is absent stays or takes its default, null clears. */
export interface PersonaInput {
  readonly name?: string | null | undefined;
  readonly handle?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly emoji?: string | null | undefined;
  readonly color?: string | null | undefined;
  readonly systemPrompt?: string | null | undefined;
  readonly model?: string | null | undefined;
  readonly fallbacks?: readonly string[] | null | undefined;
  readonly temperature?: number | null | undefined;
  readonly tools?: readonly string[] | null | undefined;
  readonly approvals?: readonly string[] | null | undefined;
  readonly mayAsk?: boolean | null | undefined;
  readonly templateId?: string | null | undefined;
  readonly templateVariables?: unknown;
  /** The ids of servers of its owner's, whose tools it may use. */
  readonly mcpServerIds?: readonly string[] | null | undefined;
  /** The ids of knowledge bases that its owner may read, which it draws on. */
  readonly knowledgeBaseIds?: readonly string[] | null | undefined;
  /** The workspace that it is shared with; null for its owner alone. */
  readonly workspaceId?: string | null | undefined;
}

const needed = ['name', 'handle', 'fallbacks', 'approvals', 'mayAsk', 'mcpServerIds', 'knowledgeBaseIds'];

/** A new persona, checked. @throws AppError BAD_USER_INPUT */
export function parseNewPersona(input: PersonaInput): z.output<typeof newPersona> {
  refuseNull({ ...input }, needed, ['input']);
  return parseInput(newPersona, present(input));
}

/** Changes of a persona, checked. @throws AppError BAD_USER_INPUT */
export function parsePersonaChanges(input: PersonaInput): z.output<typeof changes> {
  refuseNull({ ...input }, needed, ['input']);
  return parseInput(changes, present(input));
}
