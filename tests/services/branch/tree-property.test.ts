import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createBuiltinEngine } from '../../../src/engines/builtin/builtin.ts';
import { faultsOf, openBranchTest } from './branch-kit.ts';
import { createTreeModel, type ModelMessage } from './tree-model.ts';

const step = fc.record({
  kind: fc.constantFrom('send', 'send', 'edit', 'regenerate', 'switch', 'delete', 'fork'),
  pick: fc.nat(),
});

it('any sequence of sends, edits, answers, switches, deletions and forks leaves the tree that lists would give', async () => {
  await using test = await openBranchTest({ engines: [createBuiltinEngine()] });
  const viewer = await test.person();
  const property = fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 14 }), async (steps) => {
    const model = createTreeModel();
    const conversation = await test.conversations.create(viewer, { title: 'A tree' });
    const conversationId = conversation.id;
    const ids = new Map<number, string>();
    const idOf = (key: number): string => ids.get(key) ?? '';
    const ended = async (run: { readonly id: string }) => {
      await test.eventsOf(viewer, run.id);
      return test.runs.get(viewer, run.id);
    };
    const choose = (pick: number, role?: ModelMessage['role']): number | undefined => {
      const candidates = [...model.messages.values()].filter((message) => role === undefined || message.role === role);
      return candidates[pick % Math.max(1, candidates.length)]?.key;
    };
    for (const { kind, pick } of steps) {
      const key = kind === 'edit' ? choose(pick, 'USER') : choose(pick);
      if (kind === 'send') {
        const run = await ended(await test.runs.send(viewer, { conversationId, text: 'A question' }));
        const question = model.add(model.path().at(-1) ?? null, 'USER');
        ids.set(question, run.questionId ?? '').set(model.add(question, 'ASSISTANT'), run.answerId ?? '');
      } else if (key === undefined) {
        continue;
      } else if (kind === 'edit') {
        const run = await ended(await test.runs.edit(viewer, { messageId: idOf(key), text: 'Another one' }));
        const question = model.add(model.messages.get(key)?.parent ?? null, 'USER');
        ids.set(question, run.questionId ?? '').set(model.add(question, 'ASSISTANT'), run.answerId ?? '');
      } else if (kind === 'regenerate') {
        const message = model.messages.get(key);
        const question = message?.role === 'USER' ? key : (message?.parent ?? 0);
        const run = await ended(await test.runs.regenerate(viewer, { messageId: idOf(key) }));
        ids.set(model.add(question, 'ASSISTANT'), run.answerId ?? '');
      } else if (kind === 'switch') {
        await test.branches.switchTo(viewer, idOf(key));
        model.show(key);
      } else if (kind === 'delete') {
        const { count } = await test.branches.delete(viewer, idOf(key));
        expect(count).toBe(model.remove(key));
      } else {
        const fork = await test.branches.fork(viewer, { messageId: idOf(key) });
        expect((await test.pathOf(viewer, fork.id)).map(({ role }) => role)).toEqual(model.lineOf(key).map((each) => model.messages.get(each)?.role));
      }
      const messages = await test.prisma.message.findMany({ where: { conversationId } });
      expect(faultsOf(messages)).toEqual([]);
      expect(messages).toHaveLength(model.messages.size);
      expect((await test.pathOf(viewer, conversationId)).map((message) => message.id)).toEqual(model.path().map(idOf));
      const places = await test.siblings.placesOf(
        viewer,
        messages.map((message) => message.id),
      );
      for (const each of model.messages.keys()) {
        const beside = model.childrenOf(model.messages.get(each)?.parent ?? null);
        expect(places.get(idOf(each))).toEqual({ index: beside.indexOf(each), count: beside.length });
      }
    }
  });
  await fc.assert(property, { numRuns: 25 });
});
