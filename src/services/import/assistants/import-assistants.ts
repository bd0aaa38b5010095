import type { z } from 'zod';
import { personaDocument, serverDocument, templateDocument, type ServerDocument } from '../../export-archive/assistant-formats.ts';
import type { ImportJob } from '../import-job.ts';
import { readList } from '../json-values.ts';
import type { Tell } from '../sources/source-conversation.ts';
import type { OpenEntry, Units } from '../units.ts';
import { writePersona } from './personas.ts';
import { findServers } from './servers-here.ts';
import { writeServer } from './servers.ts';
import { writeTemplate } from './templates.ts';

const entries = { templates: 'prompt-templates.json', servers: 'mcp-servers.json', personas: 'personas.json' } as const;

/** The entries of an archive that are about assistants. */
export const assistantEntryNames: readonly string[] = Object.values(entries);

/**
 * Takes over prompt templates, servers of tools and personas that are not here yet, in this order, as personas are made of the others. They come
 * before the conversations in which they speak.
 */
export async function importAssistants(job: ImportJob, units: Units, open: OpenEntry): Promise<void> {
  const { report, signal } = job;
  const { maxElementBytes } = job.limits;

  async function importList<Shape extends z.ZodType<{ readonly name: string }>>(
    entry: string,
    list: { readonly what: string; readonly shape: Shape },
    write: (document: z.output<Shape>, tell: Tell) => Promise<void>,
  ): Promise<void> {
    const tell: Tell = (reason, count) => report.tell(entry, reason, count);
    for await (const document of readList(open(entry), list, { maxElementBytes, signal, tell })) {
      const { name } = document;
      await units.part(name, () => write(document, (reason, count) => report.tell(name, reason, count)));
    }
    await units.noteDone();
  }

  /** What cannot be read of it was told of when it was its turn. */
  async function serversOfArchive(): Promise<readonly ServerDocument[]> {
    const documents: ServerDocument[] = [];
    const reading = { maxElementBytes, signal, tell: () => undefined };
    for await (const document of readList(open(entries.servers), { what: 'A server', shape: serverDocument }, reading)) documents.push(document);
    return documents;
  }

  await units.next(entries.templates, () =>
    importList(entries.templates, { what: 'A prompt template', shape: templateDocument }, (document, tell) => writeTemplate(job, document, tell)),
  );
  await units.next(entries.servers, () =>
    importList(entries.servers, { what: 'A server of tools', shape: serverDocument }, (document, tell) => writeServer(job, document, tell)),
  );
  await units.next(entries.personas, async () => {
    const servers = await findServers(job, await serversOfArchive());
    await importList(entries.personas, { what: 'A persona', shape: personaDocument }, (document, tell) => writePersona(job, document, servers, tell));
  });
}
