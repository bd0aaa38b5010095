import { AppError } from '../../base/errors.ts';
import type { RunDependencies } from './deps.ts';
import { modelName, runOptions, type HowToRun, type RunOptions } from './options.ts';

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

/**
 * How a run answers: what the request says, else what the conversation, else what the person chose; what is left the configuration decides
 * when it starts. In a request null is a word too: it means what the configuration says, whatever was chosen.
 *
 * @param conversationId null for a new conversation
 * @throws AppError ENGINE_UNKNOWN for a model that the person does not have
 */
export async function resolveAnswer(
  { modelCalls, defaultsFor }: Pick<RunDependencies, 'modelCalls' | 'defaultsFor'>,
  userId: string,
  conversationId: string | null,
  values: HowToRun,
): Promise<ResolvedAnswer> {
  const { model: defaultModel, ...defaults } = await defaultsFor(userId, conversationId);
  const said = Object.fromEntries(Object.entries(runOptions.parse(values)).filter(([, value]) => value !== undefined));
  const options = runOptions.parse({ ...defaults, ...said });
  const isModelSaid = values.model !== undefined || values.provider != null;
  const model = isModelSaid
    ? await modelCalls.nameOf(userId, modelName(values))
    : await modelCalls.nameOf(userId, defaultModel ?? null).catch((error: unknown) => {
        throw aboutDefaults(error);
      });
  if (options.fallbacks == null) return { model, options };
  const isFallbackSaid = values.fallbacks != null;
  // A fallback that was chosen once and is there no more is passed over when it comes to it; one that is named now is a mistake.
  const fallbacks = isFallbackSaid ? await Promise.all(options.fallbacks.map((name) => modelCalls.nameOf(userId, name))) : options.fallbacks;
  return { model, options: { ...options, fallbacks } };
}
