import { z } from 'zod';
import type { Prisma } from '../../../../prisma/generated/client.ts';
import { AppError } from '../../../base/errors.ts';
import type { TemplateDocument } from '../../export-archive/assistant-formats.ts';
import { parseNewTemplate, variablesOf } from '../../prompt-template/template-input.ts';
import { storedVariables, type TemplateVariable } from '../../prompt-template/render.ts';
import { createCleaner } from '../clean.ts';
import type { ImportJob } from '../import-job.ts';
import { addOwn } from '../own-thing.ts';
import type { Tell } from '../sources/source-conversation.ts';

interface CleanVersion {
  readonly version: number;
  readonly text: string;
  readonly variables: readonly TemplateVariable[];
  readonly createdAt: Date;
}

/** The versions that can be read as templates, each number once, the newest of as many as are kept. */
function cleanVersions(document: TemplateDocument, most: number, now: Date, tell: Tell): readonly CleanVersion[] {
  const cleaner = createCleaner(now, tell);
  const kept = new Map<number, CleanVersion>();
  for (const { version, createdAt, ...said } of document.versions) {
    try {
      const { text } = parseNewTemplate({ name: document.name, text: said.text });
      kept.set(version, { version, text, variables: variablesOf(text, storedVariables.parse(said.variables)), createdAt: cleaner.past(createdAt, now) });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      tell(`A version of it was left out: ${error.message}`);
    }
  }
  const versions = [...kept.values()].toSorted((one, other) => one.version - other.version);
  if (versions.length > most) tell(`Of a prompt template ${most} versions are kept; the oldest were left out.`, versions.length - most);
  return versions.slice(-most);
}

/** Adds a prompt template with its versions, unless it is here already. */
export async function writeTemplate(job: ImportJob, document: TemplateDocument, tell: Tell): Promise<void> {
  const { ids, userId, clock, limits } = job;
  const now = clock.now();
  const cleaner = createCleaner(now, tell);
  const { maxTemplatesPerUser: most, maxTemplateVersions } = limits.personas;
  const thing = { kind: 'template', sourceId: document.id, what: 'prompt templates', counts: 'promptTemplates', most } as const;
  const count = (transaction: Prisma.TransactionClient): Promise<number> => transaction.promptTemplate.count({ where: { ownerId: userId } });
  await addOwn(job, { ...thing, count }, tell, async (transaction, id) => {
    const versions = cleanVersions(document, maxTemplateVersions, now, tell);
    const newest = versions.at(-1);
    if (newest === undefined) {
      tell('It was left out: none of its versions can be read.');
      return false;
    }
    const { name, description = null } = parseNewTemplate({ name: document.name, description: document.description, text: newest.text });
    const createdAt = cleaner.past(document.createdAt, now);
    const updatedAt = cleaner.past(document.updatedAt, createdAt);
    await transaction.promptTemplate.create({ data: { id, ownerId: userId, name, description, version: newest.version, createdAt, updatedAt } });
    await transaction.promptTemplateVersion.createMany({
      data: versions.map(({ variables, ...version }) => ({
        ...version,
        id: ids.of('templateVersion', id, String(version.version)),
        templateId: id,
        variables: z.array(z.json()).parse(variables),
      })),
    });
    return true;
  });
}
