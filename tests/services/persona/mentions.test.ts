import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { handlePattern, mentionsIn } from '../../../src/services/persona/mentions.ts';
import { patienceMs } from '../../kit/patience.ts';
import { firstTurnOf, type Speaker, type Speakers } from '../../../src/services/persona/speakers.ts';

const known = ['ada', 'bob', 'grace-h', 'jörg', 'x'].map((handle) => ({ handle, id: `id-of-${handle}` }));
const handlesIn = (text: string): readonly string[] => mentionsIn(text, known).map((id) => id.replace('id-of-', ''));

describe('the mentions of a message', () => {
  it.each([
    ['@ada what do you think?', ['ada']],
    ['What do you think, @Bob and @ADA?', ['bob', 'ada']],
    ['@ada, @ada and @ada again', ['ada']],
    ['@grace-h: yes', ['grace-h']],
    ['(@jörg)', ['jörg']],
    ['@ada- and *@bob*', ['ada', 'bob']],
    ['@x.', ['x']],
    ['@adams is somebody else', []],
    ['write to me@ada.org', []],
    ['@@ada and a/@bob', []],
    ['@nobody', []],
    ['`@ada` and\n```\n@bob\n```', []],
    ['', []],
  ])('of %j are %j', (text, handles) => expect(handlesIn(text)).toEqual(handles));

  it('are each one that is known, once, whatever stands around them', () => {
    const handle = fc.constantFrom(...known.map((one) => one.handle));
    fc.assert(
      fc.property(fc.array(handle, { maxLength: 6 }), fc.constantFrom(' ', '\n', ', ', ' – ', '? '), (handles, between) => {
        expect(handlesIn(handles.map((one) => `@${one}`).join(between))).toEqual([...new Set(handles)]);
      }),
    );
  });

  it('take no longer than the text is long', () => {
    const began = performance.now();
    mentionsIn(`${'@'.repeat(500_000)}${'@a-'.repeat(200_000)}${'`'.repeat(200_000)}`, known);
    // A hundredth of a second for each hundred thousand signs; with the square of the length it would be minutes.
    expect(performance.now() - began).toBeLessThan(patienceMs);
  });

  it.each(['a', 'ada', 'a_b-c', 'jörg', '7'])('find the handle %j, which may be chosen', (handle) => expect(handlePattern.test(handle)).toBe(true));
  it.each(['', '-a', 'a-', 'a b', 'a.b', '@a', 'a'.repeat(33)])('do not find %j, which is no handle', (handle) =>
    expect(handlePattern.test(handle)).toBe(false),
  );
});

const speaker = (id: string): Speaker => ({
  id,
  name: id,
  handle: id,
  description: null,
  systemPrompt: null,
  model: null,
  fallbacks: [],
  temperature: null,
  tools: null,
  approvals: [],
  mayAsk: false,
  ownerId: 'owner',
  workspaceId: null,
  templateId: null,
  templateVariables: null,
});
const speakersOf = (policy: Speakers['policy'], handles: readonly string[], maxTurns: number | null): Speakers => ({
  policy,
  maxTurns,
  moderatorModel: null,
  personas: handles.map(speaker),
});

describe('the turns that a message leads to', () => {
  it.each([
    ['MENTIONED', [], null, '@a', null, []],
    ['MENTIONED', ['a'], null, 'hello', 'a', []],
    ['MENTIONED', ['a', 'b'], null, 'hello', null, []],
    ['MENTIONED', ['a', 'b'], null, '@b', 'b', []],
    ['MENTIONED', ['a', 'b', 'c'], null, '@c and @a', 'c', ['a']],
    ['MENTIONED', ['a', 'b', 'c'], 2, '@c @a @b', 'c', ['a']],
    ['ROUND_ROBIN', ['a', 'b', 'c'], null, 'hello', 'a', ['b', 'c']],
    ['ROUND_ROBIN', ['a', 'b', 'c'], null, '@b first', 'b', ['a', 'c']],
    ['ROUND_ROBIN', ['a', 'b'], 5, 'hello', 'a', ['b', 'a', 'b', 'a']],
    ['ROUND_ROBIN', ['a', 'b'], 1, 'hello', 'a', []],
    ['ROUND_ROBIN', ['a', 'b'], 100, 'hello', 'a', ['b', 'a', 'b', 'a', 'b']],
    ['MODERATED', ['a'], null, 'hello', 'a', []],
  ] as const)('under %s with %j and %j of them: %j is answered by %j, then by %j', (policy, handles, maxTurns, text, first, others) => {
    const turn = firstTurnOf(speakersOf(policy, handles, maxTurns), text, 6);
    expect(turn.speaker?.id ?? null).toBe(first);
    expect(turn.round?.personaIds ?? []).toEqual(others);
    if (turn.round !== null) expect(turn.round.maxTurns).toBe(others.length + 1);
  });

  it('under MODERATED are for the moderator to pick, but for the first one when it is mentioned', () => {
    const speakers = speakersOf('MODERATED', ['a', 'b'], 4);
    expect(firstTurnOf(speakers, 'hello', 10)).toEqual({ speaker: null, round: { policy: 'MODERATED', maxTurns: 4, personaIds: [] } });
    expect(firstTurnOf(speakers, '@b?', 3)).toMatchObject({ speaker: { id: 'b' }, round: { maxTurns: 3 } });
  });
});
