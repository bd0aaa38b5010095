import { estimateTokenCount } from 'tokenx';
import type { EngineTool } from '../../engines/engine.ts';

/*
 * Estimates of what fits into a window: rather too many tokens than too few, for what does not fit is refused. What is put on a bill must be in
 * the middle, where errors make up for one another: that is `usage/estimate.ts`, which counts by the same library, without this margin.
 */

/** How much more than the estimate is reckoned with, because every model cuts words in its own way. */
const margin = 1.15;
/** Blanks and rare signs are nearly nothing to the estimate, and are something to a model. */
const mostCharactersPerToken = 8;
/** What a message costs beside its words: the marks around it. */
export const tokensPerMessage = 5;

/** About how many tokens a text has, rather too many than too few; at most as many as it has characters, and a quarter more. */
export function estimateTokens(text: string): number {
  if (text === '') return 0;
  return Math.ceil(Math.max(estimateTokenCount(text), text.length / mostCharactersPerToken) * margin);
}

/** What the definitions of tools cost. */
export function estimateTools(tools: readonly EngineTool[]): number {
  return tools.length === 0 ? 0 : estimateTokens(JSON.stringify(tools));
}

const longestEdge = 1_568;
const pixelsPerToken = 750;
const fewestImageTokens = 85;

/**
 * What a picture costs: its pixels by 750 once its longer edge is 1,568, which is Anthropic's rule
 * (https://platform.claude.com/docs/en/build-with-claude/vision) and lies above those of OpenAI and Google.
 *
 * @param size in pixels; null where unknown, which counts as the most
 */
export function estimateImageTokens(size: { readonly width: number; readonly height: number } | null): number {
  if (size === null) return Math.ceil(longestEdge ** 2 / pixelsPerToken);
  const scale = Math.min(1, longestEdge / Math.max(size.width, size.height));
  return Math.max(fewestImageTokens, Math.ceil((size.width * scale * size.height * scale) / pixelsPerToken));
}
