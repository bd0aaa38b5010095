import { z } from 'zod';
import type { Persona } from '../../../prisma/generated/client.ts';
import { isEditable } from '../workspace/sharing.ts';

/** A persona as a viewer sees it: how it is told to answer is for those who may change it. */
export interface PersonaRow extends Pick<
  Persona,
  'id' | 'ownerId' | 'name' | 'handle' | 'description' | 'emoji' | 'color' | 'workspaceId' | 'createdAt' | 'updatedAt'
> {
  readonly isOwn: boolean;
  readonly systemPrompt: string | null;
  readonly model: string | null;
  readonly fallbacks: readonly string[] | null;
  readonly temperature: number | null;
  readonly approvals: readonly string[] | null;
  readonly mayAsk: boolean | null;
  readonly templateId: string | null;
  readonly templateVariables: unknown;
  /** `readTools` makes names of it. */
  readonly tools: unknown;
}

/**
 * Personas `p` with whether a viewer may change them, `r.may_edit`, to be joined laterally: found once for each, and not once for each column.
 *
 * @param viewer the SQL of the viewer's id
 */
export const editRight = (viewer: string): string => `LATERAL (SELECT ${isEditable('p', viewer)} AS may_edit OFFSET 0) r`;

/**
 * The columns of `PersonaRow`, of `personas p` and `editRight`.
 *
 * @param viewer the SQL of the viewer's id
 */
export const personaColumns = (viewer: string): string => {
  const own = (column: string): string => `CASE WHEN r.may_edit THEN p.${column} END`;
  return `p.id, p.owner_id AS "ownerId", p.name, p.handle, p.description, p.emoji, p.color, p.workspace_id AS "workspaceId", p.created_at AS "createdAt", p.updated_at AS "updatedAt",
  p.owner_id = ${viewer} AS "isOwn", ${own('system_prompt')} AS "systemPrompt", ${own('model')} AS model, ${own('fallbacks')} AS fallbacks,
  ${own('temperature')} AS temperature, ${own('tools')} AS tools, ${own('approvals')} AS approvals, ${own('may_ask')} AS "mayAsk", ${own('template_id')} AS "templateId", ${own('template_variables')} AS "templateVariables"`;
};

const toolNames = z.array(z.string()).nullable().catch(null);

/** The names of the tools that a persona may use as they are stored; null for all that a conversation gives. */
export function readTools(stored: unknown): readonly string[] | null {
  return toolNames.parse(stored);
}
