import type { Outcome } from './kit.ts';

/**
 * Numbers in the sentences of an answer that are in no result that the engine has seen, as far as they are written. Percentages, years
 * and numbers inside names are left out.
 */
export function inventedNumbers(outcome: Outcome): readonly string[] {
  const sentences = outcome.text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#') && !line.startsWith('- ') && !line.startsWith('I read'))
    .join('\n')
    .replaceAll(/\*\*[^*]*\*\*/g, 'name')
    .replaceAll(/\d{4}-\d{2}-\d{2}/g, 'date')
    .replaceAll(/[−+]?[\d.,]+ ?%/g, 'percent')
    .replaceAll(/[\d.,]+ times as much/g, 'factor');
  const written = [...sentences.matchAll(/(?<![\p{L}\d.])[−-]?\d[\d,]*(?:\.\d+)?(?:e-?\d+)?(?![\p{L}\d])/gu)].map(([text]) =>
    text.replaceAll(',', '').replace('−', '-'),
  );
  return written.filter((text) => {
    const value = Number(text);
    const decimals = text.split('.')[1]?.length ?? 0;
    // Half a unit of the last written place, and a little for halves that round either way.
    const tolerance = 0.5 * 10 ** -decimals * 1.001;
    const isKnown = outcome.numbersSeen.some((seen) => Math.abs(seen - value) <= tolerance || Math.abs(Math.abs(seen) - Math.abs(value)) <= tolerance);
    return !isKnown && !(Number.isInteger(value) && value >= 0 && value <= 41);
  });
}
