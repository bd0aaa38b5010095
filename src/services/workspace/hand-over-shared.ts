import { z } from 'zod';
import { Prisma } from '../../../prisma/generated/client.ts';
import { AppError } from '../../base/errors.ts';
import { renderTemplate } from '../prompt-template/render.ts';
import { variablesOfRow, type TemplateVersionRow } from '../prompt-template/template-row.ts';
import type { WorkspacePlace } from './permissions.ts';
import { isUsable } from './sharing.ts';

const longestHandle = 32;

const valuesShape = z.record(z.string(), z.json()).catch({});

/** A handle that is none of those that are taken: the same, else with a number behind it. */
function freeHandle(handle: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const end = number === 1 ? '' : `-${number}`;
    const free = `${[...handle].slice(0, longestHandle - end.length).join('')}${end}`;
    if (!taken.has(free)) return free;
  }
}

/** The text of a template with the values of a persona; the text alone where they do not fit any more. */
function textOf(version: Pick<TemplateVersionRow, 'text' | 'variables'>, values: unknown): string {
  try {
    return renderTemplate(version.text, variablesOfRow(version), valuesShape.parse(values), []);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    return version.text;
  }
}

/**
 * The template of a persona that its next owner may not use, with its newest text. Of one that the owner before may not use either, nothing is told.
 *
 * $1 is the template, $2 the next owner, $3 the owner before.
 */
const lostTemplate = `
  SELECT CASE WHEN ${isUsable('t', '$3::uuid')} THEN v.text END AS text, v.variables FROM prompt_templates t
  JOIN prompt_template_versions v ON v.template_id = t.id AND v.version = t.version WHERE t.id = $1::uuid AND NOT ${isUsable('t', '$2::uuid')}`;

/** What becomes of the prompt of a persona. */
async function promptFor(
  transaction: Prisma.TransactionClient,
  { templateId, templateVariables }: { readonly templateId: string | null; readonly templateVariables: unknown },
  { successor, userId }: { readonly successor: string; readonly userId: string },
) {
  if (templateId === null) return {};
  const [lost] = await transaction.$queryRawUnsafe<{ text: string | null; variables: unknown }[]>(lostTemplate, templateId, successor, userId);
  if (lost === undefined) return {};
  const { text, variables } = lost;
  return { templateId: null, templateVariables: Prisma.DbNull, systemPrompt: text === null ? null : textOf({ text, variables }, templateVariables) };
}

/**
 * Hands what somebody shares with a workspace to the OWNER who has been there longest, before they go: knowledge bases with their documents, templates, and
 * personas. Of these the servers of tools come off, which are the person's; a template that the next owner may not use is filled in; a handle that they
 * have already gets a number. Without another OWNER it stays with the person.
 *
 * @param transaction holds the workspace locked FOR UPDATE
 */
export async function handOverShared(transaction: Prisma.TransactionClient, { workspaceId, userId }: WorkspacePlace): Promise<void> {
  const next = await transaction.workspaceMember.findFirst({
    where: { workspaceId, role: 'OWNER', userId: { not: userId }, user: { deletingSince: null } },
    orderBy: [{ joinedAt: 'asc' }, { userId: 'asc' }],
    select: { userId: true },
  });
  if (next === null) return;
  const successor = next.userId;
  const shared = { ownerId: userId, workspaceId };
  const owner = { ownerId: successor };
  // The bases before their documents, as everywhere.
  const bases = await transaction.knowledgeBase.updateManyAndReturn({ where: shared, data: owner, select: { id: true } });
  await transaction.document.updateMany({ where: { knowledgeBaseId: { in: bases.map(({ id }) => id) } }, data: owner });
  // The templates before the personas that are made of them.
  await transaction.promptTemplate.updateMany({ where: shared, data: owner });
  const personas = await transaction.persona.findMany({
    where: shared,
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
    select: { id: true, handle: true, templateId: true, templateVariables: true },
  });
  // So that they make no other one of a handle meanwhile.
  await transaction.$queryRaw`SELECT id FROM users WHERE id = ${successor}::uuid FOR NO KEY UPDATE`;
  const taken = new Set((await transaction.persona.findMany({ where: owner, select: { handle: true } })).map(({ handle }) => handle));
  for (const { id, handle, ...prompt } of personas) {
    const free = freeHandle(handle, taken);
    taken.add(free);
    await transaction.personaMcpServer.deleteMany({ where: { personaId: id } });
    const data = { ...owner, handle: free, ...(await promptFor(transaction, prompt, { successor, userId })) };
    await transaction.persona.update({ where: { id }, data, select: { id: true } });
  }
}
