import type { SpeechOptions } from './sound-stream.ts';
import type { Speaker, Transcriber } from './speech-engine.ts';

/** Makes a transcriber that speaks the API of OpenAI. The SDKs of vendors are only loaded where they are used. */
export async function createTranscriber(options: SpeechOptions): Promise<Transcriber> {
  const { createOpenAiTranscriber } = await import('./openai-speech.ts');
  return createOpenAiTranscriber(options);
}

/** Makes a speaker. */
export async function createSpeaker(kind: 'openai' | 'cartesia', options: SpeechOptions): Promise<Speaker> {
  if (kind === 'cartesia') {
    const { createCartesiaSpeaker } = await import('./cartesia.ts');
    return createCartesiaSpeaker(options);
  }
  const { createOpenAiSpeaker } = await import('./openai-speech.ts');
  return createOpenAiSpeaker(options);
}
