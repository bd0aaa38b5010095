import { megabyte, wholeNumber } from './config-values.ts';

/** How large what people add to messages may be. */
export interface AttachmentConfig {
  /** Of one picture or text, and of all files of one request together where that is more than of a recording. */
  readonly maxBytes: number;
  /** Of one recording. */
  readonly maxAudioBytes: number;
  /** Of all attachments of a person. */
  readonly maxBytesPerUser: number;
  /** Of a picture, width by height. */
  readonly maxPixels: number;
  /** Of a text file. */
  readonly maxTextBytes: number;
  /** How many requests with attachments of one person may be under way on a node. */
  readonly maxTransfersPerUser: number;
  /** How long one that was never sent is kept. */
  readonly unusedForMs: number;
}

/** The variables of attachments. */
export const attachmentVariables = {
  MAX_ATTACHMENT_BYTES: wholeNumber(20 * megabyte, 1, 1024 * megabyte),
  MAX_AUDIO_BYTES: wholeNumber(25 * megabyte, 1, 1024 * megabyte),
  MAX_ATTACHMENT_BYTES_PER_USER: wholeNumber(1024 * megabyte, 1, Number.MAX_SAFE_INTEGER),
  MAX_ATTACHMENT_PIXELS: wholeNumber(64_000_000, 1, 1_000_000_000),
  MAX_ATTACHMENT_TEXT_BYTES: wholeNumber(256 * 1024, 1, 16 * megabyte),
  MAX_ATTACHMENT_TRANSFERS_PER_USER: wholeNumber(4, 1, 100),
  UNUSED_ATTACHMENT_HOURS: wholeNumber(24, 1, 8_760),
};

/** The part of the configuration. */
export function shapeAttachments(values: { readonly [Name in keyof typeof attachmentVariables]: number }): AttachmentConfig {
  return {
    maxBytes: values.MAX_ATTACHMENT_BYTES,
    maxAudioBytes: values.MAX_AUDIO_BYTES,
    maxBytesPerUser: values.MAX_ATTACHMENT_BYTES_PER_USER,
    maxPixels: values.MAX_ATTACHMENT_PIXELS,
    maxTextBytes: values.MAX_ATTACHMENT_TEXT_BYTES,
    maxTransfersPerUser: values.MAX_ATTACHMENT_TRANSFERS_PER_USER,
    unusedForMs: values.UNUSED_ATTACHMENT_HOURS * 3_600_000,
  };
}
