import type { Speech } from '../../../prisma/generated/client.ts';
import { audioFormats, type AudioFormat } from '../../base/audio.ts';

/** A text that is being spoken, or was. */
export type SpeechRow = Speech;

/** The format of a row. */
export function formatOf({ format }: Pick<Speech, 'format'>): AudioFormat {
  return audioFormats.find((known) => known === format) ?? 'MP3';
}
