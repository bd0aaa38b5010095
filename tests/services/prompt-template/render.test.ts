import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '../../../src/base/errors.ts';
import { namesIn, readTemplate, renderTemplate, type TemplateVariable } from '../../../src/services/prompt-template/render.ts';

const text = (name: string, more: Partial<TemplateVariable> = {}): TemplateVariable => ({
  name,
  type: 'TEXT',
  description: null,
  defaultValue: null,
  choices: [],
  ...more,
});
const topic = text('topic');
const count = text('count', { type: 'NUMBER', defaultValue: '3' });
const tone = text('tone', { type: 'CHOICE', choices: ['kind', 'strict'], defaultValue: '' });
const render = (template: string, values: Record<string, unknown>): string => renderTemplate(template, [topic, count, tone], values, ['variables']);

function issuesOf(work: () => unknown): readonly string[] {
  try {
    work();
  } catch (error) {
    if (error instanceof AppError) return (error.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`);
  }
  return [];
}

describe('a prompt template', () => {
  it.each([
    ['Write {{count}} lines about {{ topic }}.', { topic: 'ships' }, 'Write 3 lines about ships.'],
    ['{{topic}}{{topic}}', { topic: 'a', count: 2 }, 'aa'],
    ['{{topic}} \\{{topic}} {topic} }}', { topic: 'a' }, 'a {{topic}} {topic} }}'],
    ['{{topic}}\n{{count}}{{tone}}!', { topic: 'é\n', count: 1.5, tone: 'kind' }, 'é\n\n1.5kind!'],
    ['{{topic}}{{tone}}', { topic: 7, tone: null }, '7'],
  ])('%j with %j is %j', (template, values, result) => expect(render(template, values)).toBe(result));

  it('never reads a value as a template (T04)', () => {
    expect(render('{{topic}}', { topic: '{{count}} \\{{ }} {{#each}} ${1}' })).toBe('{{count}} \\{{ }} {{#each}} ${1}');
    expect(render('{{topic}}', { topic: '$& $1 $`' })).toBe('$& $1 $`');
  });

  it('names each variable that is missing, unknown or not acceptable, at once', () => {
    expect(issuesOf(() => render('{{topic}}', { count: 'many', tone: 'loud', topics: 'x' }))).toEqual([
      'variables.topics is no variable of this template; its variables are topic, count, tone',
      'variables.topic must be given; it has no default',
      'variables.count must be a number',
      'variables.tone must be one of "kind", "strict"',
    ]);
  });

  it.each([
    [{ topic: 'x'.repeat(20_001) }, 'at most 20,000'],
    [{ topic: 'a\u0000' }, 'U+0000'],
    [{ topic: ['a'] }, 'must be a text'],
    [{ topic: true }, 'must be a text'],
    [{ topic: 'a', count: Number.NaN }, 'must be a number'],
    [{ topic: '  ' }, 'is empty'],
    [{ topic: 'a', constructor: 'b' }, 'is no variable'],
    [JSON.parse('{ "topic": "a", "__proto__": "b" }'), 'is no variable'],
  ])('is refused with values like %j', (values, message) => expect(() => render('{{topic}}', values)).toThrow(message));

  it('is refused when it grows too long (T04)', () => {
    const template = '{{topic}}'.repeat(10);
    expect(() => render(template, { topic: 'x'.repeat(20_000) })).toThrow('at most 100000');
  });

  it.each([
    ['Hello {{name', 'line 1, column 7: "{{" is not closed'],
    ['a\n {{#if x}}', 'line 2, column 2: "#if x" is no name'],
    ['{{}}', '"" is no name'],
    ['{{a.b}}', '"a.b" is no name'],
    ['{{{a}}}', '"{a" is no name'],
  ])('%j is refused with its place', (template, message) => expect(() => readTemplate(template, [])).toThrow(message));

  it('has all its words and values, in order, whatever they are', () => {
    const words = fc.string({ unit: 'binary' }).filter((value) => !/[{\\\u0000]/.test(value));
    fc.assert(
      fc.property(fc.array(fc.tuple(words, words), { minLength: 1, maxLength: 6 }), words, (pairs, end) => {
        const template = `.${pairs.map(([before], place) => `${before}{{v${place}}}`).join('')}${end}`;
        const values = Object.fromEntries(pairs.map(([, value], place) => [`v${place}`, value]));
        const variables = namesIn(readTemplate(template, [])).map((name) => text(name));
        expect(renderTemplate(template, variables, values, [])).toBe(`.${pairs.map(([before, value]) => before + value).join('')}${end}`);
      }),
    );
  });
});
