import type { Engine, Model } from '../src/engines/engine.ts';

const models: readonly Model[] = Array.from({ length: 50 }, (_, index) => ({
  id: `model-${index}`,
  name: `Model ${index}`,
  description: 'One of fifty models of the benchmark.',
  hasTools: index % 2 === 0,
  hasVision: false,
  hasJson: false,
  contextWindow: 128_000 + index,
  inputPrice: null,
  outputPrice: null,
  cachedInputPrice: null,
}));

/** An engine that offers fifty models, and says nothing. */
export const fiftyModels: Engine = {
  id: 'bench',
  name: 'Bench',
  defaultModel: 'model-0',
  listModels: () => Promise.resolve(models),
  async *stream() {
    yield { type: 'finish', reason: 'STOP' };
  },
};
