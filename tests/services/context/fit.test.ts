import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EngineMessage } from '../../../src/engines/engine.ts';
import { costOf } from '../../../src/services/context/cost.ts';
import { estimateImageTokens, estimateTokens } from '../../../src/services/context/estimate.ts';
import { noteTokens } from '../../../src/services/context/notes.ts';
import { isQuestion, stepsOf, type Piece, type StoredMessage } from '../../../src/services/context/piece.ts';
import { fitContext, readContext } from '../../../src/services/context/shown-context.ts';
import { oldResultLength, shortened, tightResultLength, withShortResults } from '../../../src/services/context/shorten.ts';

const text = fc.oneof(
  fc.string({ maxLength: 400, unit: 'binary' }),
  fc.tuple(fc.lorem({ maxCount: 3, mode: 'sentences' }), fc.integer({ min: 1, max: 40 })).map(([words, times]) => words.repeat(times)),
);

const exchange = fc.record({ id: fc.uuid(), name: fc.constantFrom('run_sql', 'create_plot'), arguments: fc.json(), content: text, isError: fc.boolean() });

type Part = StoredMessage['parts'][number];
const textPart = text.map((value): Part => ({ kind: 'TEXT', text: value, data: null }));
const callPart = exchange.map((data): Part => ({ kind: 'TOOL_EXCHANGE', text: null, data }));
const message = fc.oneof(
  fc.record({ role: fc.constant('USER' as const), parts: fc.array(textPart, { minLength: 1, maxLength: 2 }) }),
  fc.record({ role: fc.constant('ASSISTANT' as const), parts: fc.array(fc.oneof(textPart, callPart), { maxLength: 6 }) }),
);

/** A path that ends with a question, read from its first message on or from a later one. */
const path = fc
  .record({
    messages: fc.array(message, { maxLength: 25 }),
    question: text,
    above: fc.integer({ min: 0, max: 3 }),
    summaryAt: fc.integer({ min: -1, max: 24 }),
  })
  .map(({ messages, question, above, summaryAt }): readonly StoredMessage[] =>
    [...messages, { role: 'USER' as const, parts: [{ kind: 'TEXT' as const, text: question, data: null }] }].map((entry, index) => ({
      ...entry,
      authorId: null,
      personaId: null,
      speaker: null,
      isPersona: false,
      id: `message-${index}`,
      depth: above + index,
      summary: index === summaryAt && index < messages.length ? 'They spoke of ships.' : null,
    })),
  );

const step = fc
  .tuple(text, fc.array(exchange, { minLength: 1, maxLength: 3 }))
  .map(([words, calls]): readonly EngineMessage[] => [
    { role: 'assistant', text: words, toolCalls: calls.map(({ id, name, arguments: args }) => ({ id, name, arguments: args })) },
    ...calls.map(({ id, name, content, isError }) => ({ role: 'tool' as const, toolCallId: id, name, content, isError })),
  ]);

const input = fc.record({
  path,
  steps: fc.array(step, { maxLength: 3 }),
  window: fc.integer({ min: 50, max: 12_000 }),
  fixed: fc.integer({ min: 0, max: 400 }),
});

const shortenedAll = (pieces: readonly Piece[], length: number): readonly Piece[] => pieces.map((piece) => withShortResults(piece, length));
const costOfAll = (pieces: readonly Piece[]): number => pieces.reduce((sum, piece) => sum + costOf(piece), 0);

interface Case {
  readonly shown: ReturnType<typeof fitContext>;
  readonly pieces: readonly Piece[];
  /** The place of the question among the pieces. */
  readonly question: number;
  readonly fixed: number;
  readonly window: number;
  readonly isWhole: boolean;
  readonly note: number;
}

function check(property: (given: Case) => void): void {
  fc.assert(
    fc.property(input, ({ path: stored, steps, window, fixed }) => {
      const read = readContext(stored);
      const pieces = [...read.pieces, ...stepsOf(steps.flat(), stored.length)];
      const shown = fitContext({ ...read, pieces }, { fixedTokens: fixed, inputTokens: window }, costOf);
      property({ shown, pieces, question: pieces.findLastIndex(isQuestion), fixed, window, isWhole: read.isWhole, note: noteTokens(read.summary) });
    }),
    { numRuns: 400, endOnFailure: true },
  );
}

describe('the context of a question, for any path, texts and window', () => {
  it('fits, unless the question with the shortened steps of its answer does not', () => {
    check(({ shown, pieces, question, fixed, window, note }) => {
      expect(shown.tokens).toBe(fixed + (shown.note === null ? 0 : note) + costOfAll(shown.pieces));
      if (shown.note !== null) expect(estimateTokens(shown.note)).toBeLessThanOrEqual(note);
      if (shown.tokens <= window) return;
      const steps = shortenedAll(shortenedAll(pieces.slice(question + 1), oldResultLength), tightResultLength);
      expect(shown.pieces).toEqual([pieces[question], ...steps]);
    });
  });

  it('keeps every message that fits: no turn more could be shown', () => {
    check(({ shown, pieces, question, fixed, window, isWhole, note }) => {
      const start = pieces.length - shown.pieces.length;
      const first = pieces.findIndex(isQuestion);
      pieces.forEach((piece, from) => {
        if (from >= start || !isQuestion(piece)) return;
        const aside = from === first && isWhole ? 0 : note;
        const more = [...shortenedAll(pieces.slice(from, question), oldResultLength), ...pieces.slice(question)];
        expect(fixed + aside + costOfAll(more)).toBeGreaterThan(window);
      });
      expect(shown.note === null).toBe(isWhole && start === first);
      expect(shown.cutMessageCount).toBe(shown.note === null ? 0 : shown.pieces[0]?.depth);
    });
  });

  it('is in order, begins with a person and ends as the conversation does', () => {
    check(({ shown, pieces }) => {
      expect(shown.pieces.slice(0, 1).every(isQuestion)).toBe(true);
      const original = pieces.slice(-shown.pieces.length);
      expect(shown.pieces.map(({ id, depth }) => ({ id, depth }))).toEqual(original.map(({ id, depth }) => ({ id, depth })));
      expect(shown.pieces[shown.pieces.findLastIndex(isQuestion)]).toEqual(pieces[pieces.findLastIndex(isQuestion)]);
    });
  });

  it('keeps each call with its result', () => {
    check(({ shown }) => {
      const messages = shown.pieces.flatMap((piece) => piece.messages);
      messages.forEach((entry, index) => {
        if (entry.role !== 'assistant') return;
        const answers = messages.slice(index + 1, index + 1 + entry.toolCalls.length);
        expect(answers.map((answer) => (answer.role === 'tool' ? answer.toolCallId : null))).toEqual(entry.toolCalls.map((call) => call.id));
      });
      expect(messages.filter((entry) => entry.role === 'tool')).toHaveLength(
        messages.reduce((sum, entry) => sum + (entry.role === 'assistant' ? entry.toolCalls.length : 0), 0),
      );
    });
  });
});

describe('estimates', () => {
  it('never take a text for nothing, and never for more tokens than it has characters and a quarter', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'binary', maxLength: 2_000 }), (value) => {
        expect(estimateTokens(value)).toBeGreaterThan(0);
        expect(estimateTokens(value)).toBeLessThanOrEqual(value.length * 1.25 + 2);
      }),
    );
    expect(estimateTokens(' '.repeat(8_000))).toBeGreaterThanOrEqual(1_000);
  });

  it.each([
    [{ width: 1_092, height: 1_092 }, 1_590],
    [{ width: 8_000, height: 8_000 }, 3_279],
    [{ width: 10, height: 10 }, 85],
    [null, 3_279],
  ])('count a picture of %o as %i tokens', (size, tokens) => {
    expect(estimateImageTokens(size)).toBe(tokens);
  });

  it('shorten a text in its middle, and leave alone what is short', () => {
    expect(shortened('a'.repeat(oldResultLength), oldResultLength)).toBe('a'.repeat(oldResultLength));
    const short = shortened(`${'a'.repeat(5_000)}${'z'.repeat(5_000)}`, 1_000);
    expect(short).toMatch(/^a{700}\n\[\.\.\. 9000 characters are left out here \.\.\.]\nz{300}$/);
  });
});
