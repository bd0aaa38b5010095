import { describe, expect, it } from 'vitest';
import { createSealedTexts } from '../../../src/auth/sealed-text.ts';
import { parseConfig } from '../../../src/base/config.ts';
import { createEmbedders } from '../../../src/services/knowledge/embedders.ts';
import { byOwner } from '../../../src/services/knowledge/metered-embedder.ts';
import { createProviderAccesses } from '../../../src/services/knowledge/provider-accesses.ts';
import { answering, createPlayingEngine } from '../../engines/playing-engine.ts';
import { startWireServer, status } from '../../engines/wire-server.ts';
import { writeWorkspace } from '../../kit/workspace-rows.ts';
import { device, firstSecret, openProviders, ownKey } from '../providers-kit.ts';

describe('the embedding models of a workspace', () => {
  it('make vectors for its members, by the name of the workspace, until they are members no more', async () => {
    await using server = await startWireServer(status(200, { data: [{ index: 0, embedding: [3, 4] }] }));
    const kit = await openProviders({ engines: [createPlayingEngine('builtin', answering(''))] });
    try {
      const { timers } = parseConfig({}).engines;
      const surroundings = { fetch: globalThis.fetch, timers };
      const accesses = createProviderAccesses({
        pool: kit.pool,
        sealed: createSealedTexts({ secret: firstSecret, previousSecrets: [], purpose: 'provider-keys' }),
        configured: [],
        surroundings: { known: surroundings, given: surroundings },
      });
      const counted: unknown[] = [];
      const metering = {
        openReading: async (begun: unknown) => {
          counted.push(begun);
          return { close: () => undefined };
        },
      };
      const embedded = { name: 'embedded:english', batchSize: 8, inputPrice: 0, embed: async () => ({ vectors: [], inputTokens: null }) };
      const embedders = createEmbedders({ embedded, accesses, metering });
      const [owner, reader, stranger] = [await kit.person(), await kit.person(), await kit.person()];
      const members = [
        { userId: owner.userId, role: 'OWNER' },
        { userId: reader.userId, role: 'READER' },
      ] as const;
      const { id } = await writeWorkspace(kit.prisma, { handle: 'acme', members });
      const input = { kind: 'openai-compatible', provider: 'vectors', apiKey: ownKey, baseUrl: `${server.url}/v1` } as const;
      await kit.providerKeys.saveForWorkspace(owner, id, input, device);
      // A base of the owner's that a member searches: the member asks.
      const asked = { ownerId: owner.userId, askerId: reader.userId, runId: null, conversationId: null };
      const embedder = await embedders.of(asked, 'acme/vectors:small/one');
      expect(await embedders.isOpenTo(reader.userId, owner.userId, 'acme/vectors:small/one')).toBe(true);
      expect(await embedders.isOpenTo(stranger.userId, owner.userId, 'acme/vectors:small/one')).toBe(false);
      expect(embedder.name).toBe('acme/vectors:small/one');
      expect((await embedder.embed(['Hello'], 'QUERY', new AbortController().signal)).vectors.map((vector) => [...vector])).toEqual([
        [expect.closeTo(0.6), expect.closeTo(0.8)],
      ]);
      expect(server.requests[0]).toMatchObject({ path: '/v1/embeddings', headers: { authorization: `Bearer ${ownKey}` }, body: { model: 'small/one' } });
      const call = { userId: reader.userId, purpose: 'EMBEDDING', runId: null, conversationId: null };
      expect(counted).toEqual([{ call, provider: 'acme/vectors', model: 'small/one', isOwnKey: true, workspaceId: id }]);
      const unknown = { code: 'ENGINE_UNKNOWN', message: expect.stringContaining('"acme/vectors"') };
      await expect(embedders.of(byOwner(stranger.userId), 'acme/vectors:small')).rejects.toMatchObject(unknown);
      await expect(embedders.of(byOwner(reader.userId), 'vectors:small')).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN' });
      await expect(embedders.of(byOwner(reader.userId), 'acme/vectors/more:small')).rejects.toMatchObject({ code: 'ENGINE_UNKNOWN' });
      await kit.prisma.workspaceMember.deleteMany({ where: { userId: reader.userId } });
      await expect(embedders.of(byOwner(reader.userId), 'acme/vectors:small/one')).rejects.toMatchObject(unknown);
    } finally {
      await kit.close();
    }
  });
});
