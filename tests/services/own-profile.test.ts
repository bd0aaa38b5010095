import { describe, expect, it } from 'vitest';
import type { Viewer } from '../../src/auth/viewer.ts';
import { createOwnProfiles } from '../../src/services/people/own-profile.ts';
import type { Person } from '../../src/services/people/person.ts';

const ada: Viewer = { userId: 'ada', loginId: 'login', role: 'MEMBER' };

function setUp(load: (viewer: Viewer) => Promise<Person | null>) {
  let now = 1_000_000;
  const loads: Viewer[] = [];
  const profiles = createOwnProfiles({
    load: (viewer) => {
      loads.push(viewer);
      return load(viewer);
    },
    clock: { now: () => new Date(now) },
    cacheMs: 2_000,
  });
  return { profiles, loads, wait: (ms: number) => (now += ms) };
}

const person = (id: string): Person => Object({ id, displayName: id });

describe('what people see of themselves', () => {
  it('is loaded once in two seconds', async () => {
    const { profiles, loads, wait } = setUp(async ({ userId }) => person(userId));
    const answers = await Promise.all([profiles.find(ada), profiles.find(ada)]);
    wait(1_999);
    answers.push(await profiles.find(ada));
    expect(answers.map((answer) => answer?.id)).toEqual(['ada', 'ada', 'ada']);
    expect(loads).toHaveLength(1);
    wait(2);
    await profiles.find(ada);
    expect(loads).toHaveLength(2);
  });

  it('is that of the person and of the role of the moment', async () => {
    const { profiles, loads } = setUp(async ({ userId }) => person(userId));
    await profiles.find(ada);
    expect((await profiles.find({ ...ada, userId: 'bob' }))?.id).toBe('bob');
    await profiles.find({ ...ada, role: 'ADMIN' });
    expect(loads).toHaveLength(3);
  });

  it('is loaded again after a change, also when the change comes while it is loaded', async () => {
    const gates = [Promise.withResolvers<Person>(), Promise.withResolvers<Person>()];
    const { profiles, loads } = setUp(() => gates[loads.length - 1]?.promise ?? Promise.resolve(null));
    const before = profiles.find(ada);
    profiles.forget('ada');
    const after = profiles.find(ada);
    gates[0]?.resolve(person('old'));
    gates[1]?.resolve(person('new'));
    expect([(await before)?.id, (await after)?.id, (await profiles.find(ada))?.id]).toEqual(['old', 'new', 'new']);
  });

  it('is not remembered when it could not be loaded', async () => {
    let isAway = true;
    const { profiles } = setUp(async () => {
      if (isAway) throw new Error('away');
      return person('ada');
    });
    await expect(profiles.find(ada)).rejects.toThrow('away');
    isAway = false;
    expect((await profiles.find(ada))?.id).toBe('ada');
  });
});
