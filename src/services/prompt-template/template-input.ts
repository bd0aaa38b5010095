import { z } from 'zod';
import { AppError, badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { bodyText, lineText, present, refuseNull } from '../planner/input.ts';
import { namesIn, readTemplate, renderTemplate, variableName, variableTypes, type TemplateVariable } from './render.ts';

const variable = z.object({
  name: z.string().regex(variableName, 'has letters, digits and "_", at most 40, and no digit first'),
  type: z.enum(variableTypes).nullish(),
  description: bodyText(500).nullish(),
  defaultValue: z.string().max(20_000, 'has at most 20,000 characters').nullish(),
  choices: z.array(lineText(200)).max(50, 'has at most 50 choices').nullish(),
});

const fields = {
  name: lineText(200),
  description: bodyText(1_000).exactOptional(),
  text: lineText(50_000),
  variables: z.array(variable).max(50, 'has at most 50 variables').exactOptional(),
  workspaceId: z.uuid().nullable().exactOptional(),
};

const newTemplate = z.object(fields);
const changes = z.object({ ...fields, name: fields.name.exactOptional(), text: fields.text.exactOptional() });

/** A variable as somebody gives it. */
export interface TemplateVariableInput {
  readonly name: string;
  readonly type?: TemplateVariable['type'] | null | undefined;
  readonly description?: string | null | undefined;
  readonly defaultValue?: string | null | undefined;
  readonly choices?: readonly string[] | null | undefined;
}

/** What a template is to be like; what is absent stays, null clears. */
export interface TemplateInput {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly text?: string | null | undefined;
  readonly variables?: readonly TemplateVariableInput[] | null | undefined;
  /** The workspace that it is shared with; null for its owner alone. */
  readonly workspaceId?: string | null | undefined;
}

const needed = ['name', 'text', 'variables'];

/** A new template, checked. @throws AppError BAD_USER_INPUT */
export function parseNewTemplate(input: TemplateInput): z.output<typeof newTemplate> {
  refuseNull({ ...input }, needed, ['input']);
  return parseInput(newTemplate, present(input));
}

/** Changes of a template, checked. @throws AppError BAD_USER_INPUT */
export function parseTemplateChanges(input: TemplateInput): z.output<typeof changes> {
  refuseNull({ ...input }, needed, ['input']);
  return parseInput(changes, present(input));
}

function variableOf({ name, type, description, defaultValue, choices }: z.output<typeof variable>): TemplateVariable {
  return { name, type: type ?? 'TEXT', description: description ?? null, defaultValue: defaultValue ?? null, choices: choices ?? [] };
}

/** What is wrong with a variable by itself; null for nothing. */
function problemOf(known: TemplateVariable): string | null {
  const { type, choices, defaultValue, name } = known;
  if (type === 'CHOICE' && choices.length === 0) return 'a CHOICE needs "choices"';
  if (type !== 'CHOICE' && choices.length > 0) return '"choices" are for a CHOICE';
  if (defaultValue === null) return null;
  try {
    const value = type === 'NUMBER' ? Number(defaultValue.trim() === '' ? Number.NaN : defaultValue) : defaultValue;
    // An empty default is a good one: the variable may be left out.
    renderTemplate(`.{{${name}}}`, [{ ...known, defaultValue: null }], { [name]: value }, []);
    return null;
  } catch (error) {
    return error instanceof AppError ? `the default ${error.issues?.[0]?.message ?? 'is not acceptable'}` : 'the default is not acceptable';
  }
}

/**
 * The variables of a text: those that are declared, and as texts that must be given those that are not.
 *
 * @throws AppError BAD_USER_INPUT for a text that cannot be read, and for variables that are not in it, twice, or contradict themselves
 */
export function variablesOf(text: string, declared: readonly z.output<typeof variable>[]): readonly TemplateVariable[] {
  const names = namesIn(readTemplate(text, ['input', 'text']));
  const variables = declared.map(variableOf);
  for (const [place, known] of variables.entries()) {
    const path = ['input', 'variables', place];
    if (!names.includes(known.name)) throw badInput(path, `"${known.name}" does not stand in the text; write {{${known.name}}} where its value is to be.`);
    if (variables.findIndex(({ name }) => name === known.name) !== place) throw badInput(path, `"${known.name}" is declared twice.`);
    const problem = problemOf(known);
    if (problem !== null) throw badInput(path, `"${known.name}": ${problem}.`);
  }
  return names.map((name) => variables.find((known) => known.name === name) ?? variableOf({ name }));
}
