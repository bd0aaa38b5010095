import type { AudioFormat } from '../../base/audio.ts';

/** What was said in a recording. */
export interface Transcript {
  readonly text: string;
  /** As the provider names it; null where it does not say. */
  readonly language: string | null;
  /** Null where the provider does not say. */
  readonly durationMs: number | null;
  /** With their times; empty where the model gives none. */
  readonly segments: readonly TranscriptSegment[];
}

/** A piece of a transcript. */
export interface TranscriptSegment {
  readonly startMs: number;
  readonly endMs: number;
  readonly text: string;
}

/** What is to be written down. */
export interface TranscriptionRequest {
  /** The model, without the provider. */
  readonly model: string;
  readonly bytes: Uint8Array;
  readonly mediaType: string;
  /** Its ending tells the provider what it is. */
  readonly fileName: string;
  /** ISO 639-1, such as `de`; null leaves it to the model. */
  readonly language: string | null;
}

/** A provider that writes down what is said. */
export interface Transcriber {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  readonly defaultModel: string;
  /** Millionths of a US dollar for a minute; null where unknown. */
  pricePerMinute(model: string): number | null;
  /**
   * Writes down a recording.
   *
   * @throws CallFailed, or the reason of the signal
   */
  transcribe(request: TranscriptionRequest, signal: AbortSignal): Promise<Transcript>;
}

/** A voice of a provider. */
export interface Voice {
  /** As the provider names it. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** ISO 639-1; null for one that speaks several. */
  readonly language: string | null;
}

/** What is to be spoken. */
export interface SpeechRequest {
  readonly model: string;
  readonly text: string;
  /** A voice of the provider; null for its first. */
  readonly voice: string | null;
  readonly format: AudioFormat;
}

/** A provider that speaks. */
export interface Speaker {
  /** The part before the colon of `provider:model`. */
  readonly id: string;
  readonly name: string;
  readonly defaultModel: string;
  readonly formats: readonly AudioFormat[];
  /** Millionths of a US dollar for a character; null where unknown. */
  pricePerCharacter(model: string): number | null;
  /** The voices, the default first. May ask the provider. @throws CallFailed */
  voices(signal: AbortSignal): Promise<readonly Voice[]>;
  /**
   * Speaks, piece by piece as it is made.
   *
   * @throws CallFailed before the first piece or between two, or the reason of the signal
   */
  speak(request: SpeechRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>;
}
