import { z } from 'zod';
import { parseInput } from '../../base/validate.ts';
import { bodyText, lineText, present, refuseNull } from '../planner/input.ts';

/** It stands in the names of models, before a slash. */
const handle = z
  .string()
  .trim()
  .transform((text) => text.toLowerCase())
  .refine(
    (text) => /^[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?$/.test(text),
    'has 1 to 32 letters from a to z, digits or "-", and begins and ends with a letter or a digit, for example "acme"',
  );

const name = lineText(80);
const description = bodyText(1_000).exactOptional();

const newWorkspace = z.object({ name, handle, description });
const changes = z.object({ name: name.exactOptional(), description });

/** What a new workspace is like. */
export interface NewWorkspaceInput {
  readonly name: string;
  readonly handle: string;
  readonly description?: string | null | undefined;
}

/** What to change of a workspace; what is absent stays, null clears. Its handle stays for good: models are named by it. */
export interface WorkspaceChangesInput {
  readonly name?: string | null | undefined;
  readonly description?: string | null | undefined;
}

/** A new workspace, checked. @throws AppError BAD_USER_INPUT */
export function parseNewWorkspace(input: NewWorkspaceInput): z.output<typeof newWorkspace> {
  return parseInput(newWorkspace, present(input));
}

/** Changes of a workspace, checked. @throws AppError BAD_USER_INPUT */
export function parseWorkspaceChanges(input: WorkspaceChangesInput): z.output<typeof changes> {
  refuseNull({ ...input }, ['name'], ['input']);
  return parseInput(changes, present(input));
}
