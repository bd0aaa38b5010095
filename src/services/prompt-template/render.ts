import { z } from 'zod';
import { AppError, badInput, type InputIssue } from '../../base/errors.ts';
import type { InputPath } from '../planner/input.ts';

/*
 * A small and strict language. `{{name}}` stands for a variable, with or without spaces around the name, and `\{{` for two braces. There are
 * no conditions, loops, partials or functions, and a value is never read as a template: what somebody fills in can do nothing.
 */

/** What a value of a variable may be. */
export const variableTypes = ['TEXT', 'NUMBER', 'CHOICE'] as const;

const variableShape = z.object({
  name: z.string(),
  type: z.enum(variableTypes),
  description: z.string().nullable(),
  /** What stands for it when no value is given; null makes it one that must be given. */
  defaultValue: z.string().nullable(),
  /** Of a CHOICE; empty for the others. */
  choices: z.array(z.string()),
});

/** A variable of a template. */
export type TemplateVariable = z.infer<typeof variableShape>;

/** Variables from how they are stored. */
export const storedVariables = z.array(variableShape).catch([]);

/** A piece of a template: words, or the place of a variable. */
type Piece = { readonly text: string } | { readonly variable: string };

/** What a name of a variable looks like. */
export const variableName = /^[A-Za-z_][A-Za-z0-9_]{0,39}$/;

const longestValue = 20_000;
/** Of a text that is made, which is to be a message or a prompt. */
const longestResult = 100_000;

/** Where in a text something is, for people. */
function placeOf(text: string, index: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, index).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/**
 * The pieces of a template.
 *
 * @throws AppError BAD_USER_INPUT with the place of a pair of braces that is not closed, or holds no name
 */
export function readTemplate(text: string, path: InputPath): readonly Piece[] {
  const pieces: Piece[] = [];
  const fail = (index: number, message: string): AppError => {
    const { line, column } = placeOf(text, index);
    return new AppError('BAD_USER_INPUT', `line ${line}, column ${column}: ${message}`, { issues: [{ path, message, line, column }] });
  };
  let at = 0;
  for (;;) {
    const open = text.indexOf('{{', at);
    if (open === -1) break;
    if (text[open - 1] === '\\' && open > at) {
      pieces.push({ text: `${text.slice(at, open - 1)}{{` });
      at = open + 2;
      continue;
    }
    const close = text.indexOf('}}', open);
    if (close === -1) throw fail(open, '"{{" is not closed by "}}"; write "\\{{" for two braces.');
    const name = text.slice(open + 2, close).trim();
    if (!variableName.test(name)) {
      throw fail(open, `"${name.slice(0, 40)}" is no name of a variable: letters, digits and "_", at most 40; write "\\{{" for two braces.`);
    }
    pieces.push({ text: text.slice(at, open) }, { variable: name });
    at = close + 2;
  }
  pieces.push({ text: text.slice(at) });
  return pieces;
}

/** The names of the variables in a template, each once, in the order in which they come. */
export function namesIn(pieces: readonly Piece[]): readonly string[] {
  return [...new Set(pieces.flatMap((piece) => ('variable' in piece ? [piece.variable] : [])))];
}

/** The value of a variable as text, or what is wrong with it. */
function valueOf({ type, choices }: TemplateVariable, value: unknown): { readonly text: string } | { readonly problem: string } {
  const isNumber = typeof value === 'number' && Number.isFinite(value);
  if (type === 'NUMBER') return isNumber ? { text: String(value) } : { problem: 'must be a number' };
  const text = isNumber ? String(value) : value;
  if (typeof text !== 'string') return { problem: 'must be a text' };
  if (type === 'CHOICE') return choices.includes(text) ? { text } : { problem: `must be one of ${choices.map((choice) => `"${choice}"`).join(', ')}` };
  if (text.length > longestValue) return { problem: `has at most ${longestValue.toLocaleString('en')} characters` };
  return text.includes('\u0000') ? { problem: 'must not contain the character U+0000' } : { text };
}

/**
 * The text of a template with values in the places of its variables.
 *
 * @param values by the names of the variables; null counts as not given
 * @param path where the values stand in the arguments
 * @throws AppError BAD_USER_INPUT with an issue for each variable that is missing, unknown or not acceptable, and for a text that grows too long
 */
export function renderTemplate(text: string, variables: readonly TemplateVariable[], values: Readonly<Record<string, unknown>>, path: InputPath): string {
  const issues: InputIssue[] = [];
  const texts = new Map<string, string>();
  const known = variables.map(({ name }) => name);
  for (const name of Object.keys(values)) {
    if (known.includes(name)) continue;
    issues.push({ path: [...path, name], message: `is no variable of this template; its variables are ${known.length === 0 ? 'none' : known.join(', ')}` });
  }
  for (const variable of variables) {
    const { name, defaultValue } = variable;
    const given = Object.hasOwn(values, name) ? values[name] : null;
    if (given === null || given === undefined) {
      if (defaultValue === null) issues.push({ path: [...path, name], message: 'must be given; it has no default' });
      else texts.set(name, defaultValue);
      continue;
    }
    const value = valueOf(variable, given);
    if ('problem' in value) issues.push({ path: [...path, name], message: value.problem });
    else texts.set(name, value.text);
  }
  if (issues.length > 0) {
    throw new AppError('BAD_USER_INPUT', issues.map((issue) => `"${issue.path.at(-1)}" ${issue.message}`).join('; '), { issues });
  }
  const result = readTemplate(text, path)
    .map((piece) => ('variable' in piece ? (texts.get(piece.variable) ?? '') : piece.text))
    .join('');
  if (result.length > longestResult) throw badInput(path, `The text has ${result.length} characters with these values; at most ${longestResult} are allowed.`);
  if (result.trim() === '') throw badInput(path, 'The text is empty with these values.');
  return result;
}
