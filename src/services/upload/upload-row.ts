import { z } from 'zod';
import { AppError, errorCodes, type ErrorCode } from '../../base/errors.ts';
import type { Prisma, UploadStatus } from '../../../prisma/generated/client.ts';

/** A transfer of one or several files, or the reading anew of one, as its owner sees it. */
export interface UploadRow {
  readonly id: string;
  readonly sessionId: string | null;
  readonly name: string;
  readonly status: UploadStatus;
  readonly byteSize: bigint | null;
  readonly receivedBytes: bigint;
  readonly progress: number;
  readonly fileIds: readonly string[];
  readonly isResumable: boolean;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly expiresAt: Date;
}

/** What is read of an upload. */
export const uploadSelection = {
  id: true,
  sessionId: true,
  name: true,
  status: true,
  byteSize: true,
  receivedBytes: true,
  progress: true,
  fileIds: true,
  isResumable: true,
  errorCode: true,
  errorMessage: true,
  createdAt: true,
  updatedAt: true,
  expiresAt: true,
} as const satisfies Prisma.UploadSelect;

const code = z.custom<ErrorCode>((value) => typeof value === 'string' && value in errorCodes);

/** Why an upload failed; null when it did not. */
export function uploadErrorOf({ errorCode, errorMessage }: UploadRow): { readonly code: ErrorCode; readonly message: string } | null {
  if (errorCode === null) return null;
  return { code: code.catch('INTERNAL_SERVER_ERROR').parse(errorCode), message: errorMessage ?? '' };
}

/** Whether nothing will change any more. */
export function isUploadOver({ status }: UploadRow): boolean {
  return status === 'READY' || status === 'FAILED' || status === 'CANCELLED';
}

/** An error as people are told it: what is not meant for them is masked. */
export function tellableError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL_SERVER_ERROR', 'Something unexpected failed. The log of the server has more.');
}
