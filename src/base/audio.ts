/** The forms of sound that are made. */
export const audioFormats = ['MP3', 'WAV', 'OPUS', 'FLAC'] as const;

/** One of `audioFormats`. */
export type AudioFormat = (typeof audioFormats)[number];

/** What each form is called on the wire, and its ending. */
export const audioTypes: Readonly<Record<AudioFormat, { readonly mediaType: string; readonly ending: string }>> = {
  MP3: { mediaType: 'audio/mpeg', ending: 'mp3' },
  WAV: { mediaType: 'audio/wav', ending: 'wav' },
  OPUS: { mediaType: 'audio/ogg', ending: 'ogg' },
  FLAC: { mediaType: 'audio/flac', ending: 'flac' },
};
