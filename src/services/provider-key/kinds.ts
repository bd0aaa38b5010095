import { engineKinds, type EngineKind } from '../../engines/create-engine.ts';

/** What a kind of endpoint needs. */
export interface KindFacts {
  /** What people call the provider; null where it goes by the name that its owner gives. */
  readonly label: string | null;
  readonly needsKey: boolean;
  /** Whether there is no address that goes without saying. */
  readonly needsBaseUrl: boolean;
}

/** What each kind needs. */
export const kindFacts: Readonly<Record<EngineKind, KindFacts>> = {
  openai: { label: 'OpenAI', needsKey: true, needsBaseUrl: false },
  anthropic: { label: 'Anthropic', needsKey: true, needsBaseUrl: false },
  gemini: { label: 'Gemini', needsKey: true, needsBaseUrl: false },
  ollama: { label: null, needsKey: false, needsBaseUrl: true },
  'openai-compatible': { label: null, needsKey: false, needsBaseUrl: true },
};

/** A kind from its stored name; null for one that there is not. */
export function kindOf(stored: string): EngineKind | null {
  return engineKinds.find((kind) => kind === stored) ?? null;
}
