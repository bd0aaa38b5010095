import { z } from 'zod';
import { badInput } from '../../base/errors.ts';
import { parseInput } from '../../base/validate.ts';
import { engineKinds } from '../../engines/create-engine.ts';
import { kindFacts } from './kinds.ts';

const longestKey = 4_096;
const longestUrl = 500;
const mostModels = 100;

const inputShape = z.object({
  provider: z
    .string()
    .regex(/^[a-z0-9][a-z0-9._-]{0,49}$/, 'is 1 to 50 lower-case letters, digits, ".", "_" or "-", and begins with a letter or a digit')
    .nullish(),
  kind: z.enum(engineKinds),
  // It goes into a header: nothing but what can be seen. No message tells what was given.
  apiKey: z
    .string()
    .trim()
    .min(1, 'must not be empty')
    .max(longestKey, `has at most ${longestKey} characters`)
    .regex(/^[\u0021-\u007e]+$/, 'must not contain spaces, line breaks or characters beyond ASCII')
    .nullish(),
  baseUrl: z
    .string()
    .trim()
    .max(longestUrl, `has at most ${longestUrl} characters`)
    .refine((text) => URL.canParse(text), 'is not an address; write it as https://api.example.org/v1')
    .refine((text) => !URL.canParse(text) || (new URL(text).search === '' && new URL(text).hash === ''), 'must end with its path, without "?" and "#"')
    .nullish(),
  models: z
    .array(
      z
        .string()
        .trim()
        .min(1, 'a name must not be empty')
        .max(200, 'a name has at most 200 characters')
        .regex(/^\P{Cc}*$/u, 'a name must not contain control characters'),
    )
    .max(mostModels, `names at most ${mostModels} models`)
    .nullish(),
});

/** What a person saves. */
export type ProviderKeyInput = z.input<typeof inputShape>;

/** What a person saves, checked and complete; its address only as far as it can be seen without asking anybody. */
export function parseKeyInput(input: ProviderKeyInput) {
  const { kind, provider: given, apiKey, baseUrl = null, models } = parseInput(inputShape, input);
  const { needsBaseUrl } = kindFacts[kind];
  const provider = given ?? kind;
  if (given == null && kindFacts[kind].label === null && kind !== 'ollama') {
    throw badInput(['input', 'provider'], 'a name must be given, by which the endpoint is called: it comes before the colon of "provider:model"');
  }
  if (provider === 'builtin') throw badInput(['input', 'provider'], '"builtin" is the built-in engine; choose another name');
  if (provider !== kind && engineKinds.some((known) => known === provider)) {
    throw badInput(['input', 'provider'], `"${provider}" is a kind of its own; choose another name, or the kind ${provider.toUpperCase()}`);
  }
  if (needsBaseUrl && baseUrl === null)
    throw badInput(['input', 'baseUrl'], 'the address of the endpoint must be given, for example https://api.example.org/v1');
  return { provider, kind, apiKey, baseUrl: baseUrl === null ? null : new URL(baseUrl).href.replace(/\/+$/, ''), models: [...new Set(models)] };
}
