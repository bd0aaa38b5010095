import type { Model } from './engine.ts';

/** What a model costs. */
export type Prices = Pick<Model, 'inputPrice' | 'cachedInputPrice' | 'outputPrice'>;

/** Of a model whose price is not known. */
export const unknownPrices: Prices = { inputPrice: null, cachedInputPrice: null, outputPrice: null };

/** Prices as price lists give them: dollars for a million tokens; those of prompts of ordinary length where long ones cost more. */
export function dollarsPerMillion(input: number, cachedInput: number, output: number): Prices {
  const micro = (dollars: number): number => Math.round(dollars * 1_000_000);
  return { inputPrice: micro(input), cachedInputPrice: micro(cachedInput), outputPrice: micro(output) };
}
