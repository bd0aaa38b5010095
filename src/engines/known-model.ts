import type { Model } from './engine.ts';
import { unknownPrices, type Prices } from './prices.ts';

/** A model of which is known what nearly all of a provider's can do: tools, pictures, JSON. */
export function knownModel(id: string, name: string, description: string, contextWindow: number | null = null, prices: Prices = unknownPrices): Model {
  return { id, name, description, hasTools: true, hasVision: true, hasJson: true, contextWindow, ...prices };
}
