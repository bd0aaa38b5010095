import { uuidv7 } from '../../../src/base/id.ts';
import type { OwnEngines } from '../../../src/services/provider-key/own-engines.ts';
import { chatPrompt } from '../../../src/services/run/prompts.ts';
import { estimateRequest } from '../../../src/services/usage/estimate.ts';
import { createScriptedEngine, type ScriptedEngine } from '../../kit/scripted-engine.ts';
import { writeWorkspace } from '../../kit/workspace-rows.ts';
import { openRunTest, type NodeOptions } from '../run-kit.ts';

export const device = { userAgent: null, address: '192.0.2.1' };

/** A token costs a millionth of a dollar. */
const prices = { inputPrice: 1_000_000, outputPrice: 1_000_000, cachedInputPrice: null };

const maxTokens = 200;

/** What the members ask, and what a message of theirs in a new conversation is reckoned to need. */
export const said = { text: 'Good morning, what is the weather like today?', maxTokens, model: 'acme/big:one' };
export const needed: number =
  estimateRequest({
    model: 'one',
    task: 'CHAT',
    tools: [],
    temperature: null,
    topP: null,
    topK: null,
    maxTokens,
    system: chatPrompt,
    messages: [{ role: 'user', text: said.text }],
  }) + maxTokens;

/** A node with the workspace `acme`, whose key a scripted engine answers by, its members, and an engine of the installation. */
export async function openTeam(options: Partial<NodeOptions> & { readonly memberCount?: number } = {}) {
  const [workspaceId, engine, installed] = [uuidv7(), createScriptedEngine({ id: 'acme/big', title: null, prices }), createScriptedEngine({ title: null })];
  const ownEngines: OwnEngines = {
    of: async () => [{ engine, workspaceId, version: 'one' }],
    accessesOf: async () => [],
    forget: () => undefined,
  };
  const kit = await openRunTest({ engines: [installed], ownEngines, ...options });
  const people = await Promise.all(Array.from({ length: options.memberCount ?? 2 }, async () => kit.person()));
  const members = people.map(({ userId }, index) => ({ userId, role: index === 0 ? ('OWNER' as const) : ('READER' as const) }));
  await writeWorkspace(kit.prisma, { id: workspaceId, name: 'Acme', handle: 'acme', members });
  const [owner = await kit.person(), reader = await kit.person()] = people;
  const rooms = await Promise.all(people.map(async (person) => kit.conversations.create(person, { title: 'A room' })));
  const standing = async (viewer = owner) => kit.workspaceQuotas.of(viewer, workspaceId);
  const quota = { workspaceId, scope: 'WORKSPACE', period: 'DAY' } as const;
  /** Everything that is counted of the workspace. */
  const counted = async () => ({
    members: (await kit.prisma.workspaceCount.findMany({ orderBy: { userId: 'asc' } })).map(({ userId, tokens, costMicros }) => ({
      userId,
      tokens,
      costMicros,
    })),
    together: (await kit.prisma.workspaceTotal.findMany()).map(({ tokens, costMicros }) => ({ tokens, costMicros })),
  });
  /** Has a member ask, and the engine answer. */
  const answer = async (viewer: typeof owner, tokens: { readonly input: number; readonly output: number }, from: ScriptedEngine = engine) => {
    const run = await kit.runs.send(viewer, { ...said, conversationId: rooms[people.indexOf(viewer)]?.id ?? null });
    const call = await from.nextCall();
    call.usage(tokens.input, tokens.output);
    call.finish();
    await kit.eventsOf(viewer, run.id);
    return run;
  };
  const dispose = (): Promise<void> => kit[Symbol.asyncDispose]();
  return { ...kit, kit, workspaceId, engine, installed, people, owner, reader, rooms, standing, quota, counted, answer, [Symbol.asyncDispose]: dispose };
}
