import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidv7 } from '../../src/base/id.ts';
import { nodesOf, openPlanning, type OpenPlanning } from '../kit/planning.ts';
import { globalId, rowId } from '../kit/ids.ts';

let planning: OpenPlanning;
beforeAll(async () => void (planning = await openPlanning()));
afterAll(() => planning[Symbol.asyncDispose]());

describe('a goal', () => {
  it('is made with its title alone, and complete from then on', async () => {
    const person = await planning.planner();
    const { goal } = await person.change(
      'createGoal',
      { title: '  Speak Italian ' },
      'goal { title description horizon status priority targetDate completedAt version createdAt updatedAt parent { id } children { edges { cursor } } items { edges { cursor } } }',
    );
    const now = planning.clock.now().toISOString();
    expect(goal).toEqual({
      title: 'Speak Italian',
      description: null,
      horizon: 'MEDIUM',
      status: 'ACTIVE',
      priority: 'MEDIUM',
      targetDate: null,
      completedAt: null,
      version: 1,
      createdAt: now,
      updatedAt: now,
      parent: null,
      children: { edges: [] },
      items: { edges: [] },
    });
  });

  it('remembers when it was reached, as long as it is', async () => {
    const person = await planning.planner();
    const id = await person.goal('Run', { status: 'COMPLETED' });
    const completedAt = async (changes: object): Promise<string | null> =>
      (await person.change('updateGoal', { id, ...changes }, 'goal { completedAt }')).goal.completedAt;
    const first = planning.clock.now().toISOString();
    expect(await completedAt({})).toBe(first);
    planning.clock.set('2026-11-26T12:00:00Z');
    expect(await completedAt({ title: 'Run far', status: 'COMPLETED' }), 'said again it is not reached again').toBe(first);
    expect(await completedAt({ status: 'ACTIVE' })).toBeNull();
    expect(await completedAt({ status: 'COMPLETED' })).toBe('2026-11-26T12:00:00.000Z');
    planning.clock.set('2026-11-25T12:00:00Z');
  });

  it('may be a part of another one, ten levels deep, and never of itself (L03)', async () => {
    const person = await planning.planner();
    const move = (id: string | undefined, parentId: string | undefined | null) =>
      person.change('updateGoal', { id, parentId }, 'goal { parent { title } version }');
    const chain = [await person.goal('1')];
    for (let level = 2; level <= 10; level += 1) chain.push(await person.goal(`${level}`, { parentId: chain.at(-1) }));
    await expect(person.goal('11', { parentId: chain[9] })).rejects.toMatchObject({
      message: 'Goals have at most 10 levels; choose a "parentId" that stands higher.',
      originalError: { code: 'CONFLICT' },
    });
    for (const place of [0, 1, 9]) {
      await expect(move(chain[0], chain[place])).rejects.toMatchObject({
        message: 'A goal cannot be a part of itself, nor of one that is a part of it; choose another "parentId".',
        originalError: { code: 'CONFLICT' },
      });
    }
    const pair = [await person.goal('a')];
    pair.push(await person.goal('b', { parentId: pair[0] }));
    await expect(move(pair[0], chain[8])).rejects.toMatchObject({ originalError: { code: 'CONFLICT' } });
    expect((await move(pair[0], chain[7])).goal).toEqual({ parent: { title: '8' }, version: 2 });
    expect((await move(chain[5], null)).goal.parent).toBeNull();
    const { goal } = await person.ask('query ($id: ID!) { goal(id: $id) { children { edges { node { title parent { title } } } } } }', { id: chain[7] });
    expect(nodesOf(goal.children)).toEqual([
      { title: '9', parent: { title: '8' } },
      { title: 'a', parent: { title: '8' } },
    ]);
  });

  it('goes without its parts and items, which are told', async () => {
    const person = await planning.planner();
    const id = await person.goal('Whole');
    const parts = [await person.goal('Part', { parentId: id }), await person.goal('Other part', { parentId: id })];
    const items = [await person.item('Do', { goalId: id }), await person.item('Do more', { goalId: id, date: '2026-11-25' })];
    const other = await person.goal('Another', { parentId: parts[0] });
    const conversationId = uuidv7();
    const at = planning.clock.now();
    await planning.prisma.conversation.create({
      data: {
        id: conversationId,
        ownerId: person.viewer.userId,
        goalId: rowId(id),
        createdAt: at,
        updatedAt: at,
      },
    });
    const deleted = await person.change('deleteGoal', { id }, 'deletedGoalId changedGoalIds changedPlanItemIds');
    expect(deleted.deletedGoalId).toBe(id);
    expect(deleted.changedGoalIds.toSorted()).toEqual(parts.toSorted());
    expect(deleted.changedPlanItemIds.toSorted()).toEqual(items.toSorted());
    const left = await person.ask(
      'query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Goal { title version parent { title } } ... on PlanItem { title version goal { title } } } }',
      {
        ids: [id, ...parts, other, ...items],
      },
    );
    expect(left.nodes).toEqual([
      null,
      { title: 'Part', version: 2, parent: null },
      { title: 'Other part', version: 2, parent: null },
      { title: 'Another', version: 1, parent: { title: 'Part' } },
      { title: 'Do', version: 2, goal: null },
      { title: 'Do more', version: 2, goal: null },
    ]);
    expect(await planning.prisma.conversation.findUniqueOrThrow({ where: { id: conversationId } })).toMatchObject({ goalId: null });
    await expect(person.change('deleteGoal', { id }, 'deletedGoalId')).rejects.toMatchObject({ originalError: { code: 'NOT_FOUND' } });
  });

  it.each([
    [{ title: ' ' }, 'title: must not be empty'],
    [{ title: 'x'.repeat(201) }, 'title: has at most 200 characters'],
    [{ title: 'a\u0000b' }, 'title: must not contain the character U+0000'],
    [{ title: 'x', description: 'x'.repeat(10_001) }, 'description: has at most 10,000 characters'],
    [{ title: 'x', description: '\u0000' }, 'description: must not contain the character U+0000'],
    [{ title: 'x', status: null }, '"status" cannot be empty; leave it out to keep it as it is.'],
  ])('is refused in words for %j', async (input, message) => {
    const person = await planning.planner();
    await expect(person.change('createGoal', input, 'goal { id }')).rejects.toMatchObject({ message, originalError: { code: 'BAD_USER_INPUT' } });
    expect(await planning.prisma.goal.count({ where: { ownerId: person.viewer.userId } })).toBe(0);
  });

  it('is refused for a day that there is not', async () => {
    const person = await planning.planner();
    await expect(person.change('createGoal', { title: 'x', targetDate: '2026-02-29' }, 'goal { id }')).rejects.toThrow(
      '"2026-02-29" is not a day; write it like 2026-11-20, from 1900-01-01 to 2199-12-31.',
    );
  });

  it('is one of at most 5,000, also when several come at once (L02)', async () => {
    const person = await planning.planner();
    const at = planning.clock.now();
    const row = { ownerId: person.viewer.userId, title: 'x', createdAt: at, updatedAt: at };
    await planning.prisma.goal.createMany({ data: Array.from({ length: 4_999 }, () => ({ ...row, id: uuidv7() })) });
    const settled = await Promise.allSettled(['a', 'b', 'c'].map((title) => planning.services.goals.create(person.viewer, { title })));
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(person.goal('one more')).rejects.toMatchObject({
      message: 'You have 5,000 goals, as many as are allowed; delete one that you do not need with "deleteGoal".',
      originalError: { code: 'CONFLICT' },
    });
  });

  it('of somebody else is no parent, nor found, nor changed', async () => {
    const [owner, stranger] = [await planning.planner(), await planning.planner()];
    const id = await owner.goal('Mine');
    const own = await stranger.goal('Theirs');
    const attempts = [
      () => stranger.goal('Below', { parentId: id }),
      () => stranger.change('updateGoal', { id: own, title: 'New', parentId: id }, 'goal { id }'),
      () => stranger.change('updateGoal', { id, title: 'New' }, 'goal { id }'),
      () => stranger.change('deleteGoal', { id }, 'deletedGoalId'),
      () => stranger.ask('query ($id: ID!) { goal(id: $id) { id } }', { id }),
      () => stranger.ask('query ($id: ID!) { goals(filter: { parentId: $id }) { edges { cursor } } }', { id }),
      () => stranger.ask('query ($id: ID!) { goal(id: $id) { id } }', { id: globalId('Goal', uuidv7()) }),
    ];
    for (const attempt of attempts) {
      await expect(attempt()).rejects.toMatchObject({ message: 'No Goal with this id exists, or you may not see it.', originalError: { code: 'NOT_FOUND' } });
    }
    const { goals } = await stranger.ask('{ goals { edges { node { title version } } } }');
    expect(nodesOf(goals)).toEqual([{ title: 'Theirs', version: 1 }]);
  });
});
