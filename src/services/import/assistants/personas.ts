import { Prisma } from '../../../../prisma/generated/client.ts';
import type { PersonaDocument } from '../../export-archive/assistant-formats.ts';
import { storableJson } from '../../file/file-row.ts';
import { mostBases } from '../../knowledge/persona-knowledge.ts';
import { longestHandle } from '../../persona/mentions.ts';
import { parseNewPersona } from '../../persona/persona-input.ts';
import { readTools } from '../../persona/persona-row.ts';
import { createCleaner } from '../clean.ts';
import { findHere } from '../ids-here.ts';
import type { ImportJob } from '../import-job.ts';
import { addOwn, freeName } from '../own-thing.ts';
import type { Tell } from '../sources/source-conversation.ts';
import type { ServersHere } from './servers-here.ts';

/** Of what stands for the variables of its template, as JSON. */
const mostVariableCharacters = 1_000_000;

/** What is in a document of a persona, without what it refers to, checked as what people give. @throws AppError BAD_USER_INPUT */
function readPersona(document: PersonaDocument, renamed: ServersHere['renamed'], tell: Tell) {
  const { name, handle, description, emoji, color, systemPrompt, model, fallbacks, temperature, mayAsk, approvals } = document;
  const given = { name, handle, description, emoji, color, systemPrompt, model, fallbacks, temperature, mayAsk, approvals: renamed(approvals) };
  const tools = readTools(document.tools);
  const isLong = JSON.stringify(document.templateVariables).length > mostVariableCharacters;
  if (isLong) tell('What stands for the variables of its template is too long, and was left out.');
  return parseNewPersona({ ...given, tools: tools === null ? null : renamed(tools), templateVariables: isLong ? null : document.templateVariables });
}

/** Adds a persona with its template and its servers, unless it is here already. */
export async function writePersona(job: ImportJob, document: PersonaDocument, { idOf, renamed }: ServersHere, tell: Tell): Promise<void> {
  const { ids, userId, clock, limits } = job;
  const now = clock.now();
  const cleaner = createCleaner(now, tell);
  const thing = { kind: 'persona', sourceId: document.id, what: 'personas', counts: 'personas', most: limits.personas.maxPerUser } as const;
  const count = (transaction: Prisma.TransactionClient): Promise<number> => transaction.persona.count({ where: { ownerId: userId } });

  async function templateOf(transaction: Prisma.TransactionClient): Promise<string | null> {
    const { templateId } = document;
    if (templateId === null) return null;
    const here = await findHere(transaction, userId, 'template', new Map([[templateId, ids.of('template', templateId)]]));
    const id = here.get(templateId) ?? null;
    if (id === null) tell('The prompt template that it is made of is not here; give it another one, or a "systemPrompt".');
    return id;
  }

  function serversOf(): readonly string[] {
    const wanted = [...new Set(document.mcpServerIds)];
    const found = wanted.flatMap((id) => idOf(id) ?? []);
    if (found.length < wanted.length) tell('A server of its tools is not here.', wanted.length - found.length);
    if (found.length > limits.maxServersPerPersona) tell(`A persona has at most ${limits.maxServersPerPersona} servers; the others were left out.`);
    return found.slice(0, limits.maxServersPerPersona);
  }

  async function basesOf(transaction: Prisma.TransactionClient, personaId: string, createdAt: Date): Promise<void> {
    const wanted = [...new Set(document.knowledgeBaseIds)];
    const here = await findHere(transaction, userId, 'knowledgeBase', new Map(wanted.map((id) => [id, ids.of('knowledgeBase', id)])));
    if (here.size < wanted.length) tell('A knowledge base that it draws on is not here.', wanted.length - here.size);
    if (here.size > mostBases) tell(`A persona has at most ${mostBases} knowledge bases; the others were left out.`, here.size - mostBases);
    const found = wanted.flatMap((id) => here.get(id) ?? []).slice(0, mostBases);
    await transaction.personaKnowledge.createMany({ data: found.map((knowledgeBaseId) => ({ personaId, knowledgeBaseId, createdAt })) });
  }

  await addOwn(job, { ...thing, count }, tell, async (transaction, id) => {
    const { tools, templateVariables, mcpServerIds: _servers, knowledgeBaseIds: _bases, ...values } = readPersona(document, renamed, tell);
    const others = await transaction.persona.findMany({ where: { ownerId: userId }, select: { handle: true } });
    const handle = freeName(values.handle, new Set(others.map((other) => other.handle)), longestHandle);
    if (handle !== values.handle) tell(`You have a persona "@${values.handle}" already; this one is "@${handle}" here.`);
    const templateId = await templateOf(transaction);
    if (templateId !== null && values.systemPrompt != null) tell('It has a prompt template as its prompt; its "systemPrompt" was left out.');
    const createdAt = cleaner.past(document.createdAt, now);
    await transaction.persona.create({
      data: {
        ...values,
        id,
        ownerId: userId,
        handle,
        systemPrompt: templateId === null ? (values.systemPrompt ?? null) : null,
        templateId,
        templateVariables: templateId === null || templateVariables == null ? Prisma.DbNull : storableJson(templateVariables),
        tools: tools == null ? Prisma.DbNull : [...new Set(tools)],
        createdAt,
        updatedAt: cleaner.past(document.updatedAt, createdAt),
      },
      select: { id: true },
    });
    await basesOf(transaction, id, createdAt);
    await transaction.personaMcpServer.createMany({ data: serversOf().map((serverId) => ({ personaId: id, serverId })) });
    return true;
  });
}
