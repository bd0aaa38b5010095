import type { Pool } from 'pg';
import { AppError } from '../../base/errors.ts';
import type { Speaker } from '../persona/speakers.ts';
import { loadFilled } from '../prompt-template/filled-template.ts';
import type { RunDependencies } from './deps.ts';
import { modelName, runOptions, type RunOptions, type SaidOptions } from './options.ts';

/** Which model answers a run, and how. */
interface ResolvedAnswer {
  /** `provider:model`. */
  readonly model: string;
  readonly options: RunOptions;
}

/** A default that names a model which is there no more, told to whoever did not name any. */
function aboutDefaults(error: unknown): unknown {
  if (!(error instanceof AppError) || error.code !== 'ENGINE_UNKNOWN') return error;
  return new AppError(
    'ENGINE_UNKNOWN',
    `${error.message} It is a default of yours or of this conversation: change it with "updatePreferences" or "updateConversationDefaults".`,
  );
}

/** The system prompt of a persona, which may be a template of its owner's. @throws AppError CONFLICT for a template that cannot be filled in */
export async function promptOf(pool: Pool, { name, ownerId, systemPrompt, templateId, templateVariables }: Speaker): Promise<string | null> {
  if (templateId === null) return systemPrompt;
  try {
    return await loadFilled(pool, ownerId, { id: templateId, variables: templateVariables }, ['templateVariables']);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'SERVICE_UNAVAILABLE') throw error;
    const reason = 'The template that is its system prompt cannot be filled in any more';
    throw new AppError('CONFLICT', `The persona "${name}" cannot answer. ${reason}: ${error.message} Change it with "updatePersona".`);
  }
}

/**
 * What a persona says of its answers. Its fallbacks are those of its model. Its prompt is its owner's alone, and whoever asks may be somebody else: it takes the
 * place of other prompts, and is looked up when the run is prepared.
 */
async function optionsOf(pool: Pool, speaker: Speaker | null): Promise<RunOptions> {
  if (speaker === null) return {};
  const { temperature, model, fallbacks } = speaker;
  return {
    ...((await promptOf(pool, speaker)) === null ? {} : { systemPrompt: undefined }),
    ...(temperature === null ? {} : { temperature }),
    ...(model === null && fallbacks.length === 0 ? {} : { fallbacks: [...fallbacks] }),
  };
}

/** A model of a persona which is there no more. */
function aboutPersona(error: unknown, { name }: Speaker): unknown {
  if (!(error instanceof AppError) || error.code !== 'ENGINE_UNKNOWN') return error;
  return new AppError('ENGINE_UNKNOWN', `${error.message} It is the model of the persona "${name}": change it with "updatePersona".`);
}

/**
 * How a run answers: what the request says, else what its persona, else what the conversation, else what the person chose; what is left the configuration decides
 * when it starts. In a request null is a word too: it means what the configuration says, whatever was chosen.
 *
 * @param conversationId null for a new conversation
 * @param speaker the persona that answers; null for the assistant without one
 * @throws AppError ENGINE_UNKNOWN for a model that the person does not have; CONFLICT for a persona whose template cannot be filled in
 */
export async function resolveAnswer(
  { modelCalls, defaultsFor, pool }: Pick<RunDependencies, 'modelCalls' | 'defaultsFor' | 'pool'>,
  userId: string,
  conversationId: string | null,
  values: SaidOptions,
  speaker: Speaker | null = null,
): Promise<ResolvedAnswer> {
  const { model: defaultModel, ...defaults } = await defaultsFor(userId, conversationId);
  const said = Object.fromEntries(Object.entries(runOptions.parse(values)).filter(([, value]) => value !== undefined));
  const options = runOptions.parse({ ...defaults, ...(await optionsOf(pool, speaker)), ...said });
  const isModelSaid = values.model !== undefined || values.provider != null;
  const model = isModelSaid
    ? await modelCalls.nameOf(userId, modelName(values))
    : await modelCalls.nameOf(userId, speaker?.model ?? defaultModel ?? null).catch((error: unknown) => {
        throw speaker?.model == null ? aboutDefaults(error) : aboutPersona(error, speaker);
      });
  if (options.fallbacks == null) return { model, options };
  const isFallbackSaid = values.fallbacks != null;
  // A fallback that was chosen once and is there no more is passed over when it comes to it; one that is named now is a mistake.
  const fallbacks = isFallbackSaid ? await Promise.all(options.fallbacks.map((name) => modelCalls.nameOf(userId, name))) : options.fallbacks;
  return { model, options: { ...options, fallbacks } };
}
