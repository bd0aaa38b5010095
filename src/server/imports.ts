import { encodeGlobalID } from '@pothos/plugin-relay';
import type { Logger } from '../base/logger.ts';
import type { Imports } from '../services/import/imports.ts';
import type { UploadHandler } from './options.ts';
import { createFileHandler, type FileRoute } from './received-file.ts';

/** What `createImportHandler` stands on. */
export interface ImportHandlerOptions extends Pick<FileRoute, 'idleTimeoutMs' | 'transferTimeoutMs' | 'lingerMs'> {
  readonly imports: Pick<Imports, 'receive'>;
  /** The most bytes of the file. */
  readonly maxBytes: number;
  readonly logger: Logger;
}

/** The route of imports; it answers 202 as soon as it is sure that the import will be done. */
export function createImportHandler({ imports, ...options }: ImportHandlerOptions): UploadHandler {
  return createFileHandler({
    ...options,
    scope: 'imports',
    subject: 'an import',
    defaultName: 'import',
    remedy: 'Send the archive as it came, which is packed.',
    oneByOne: 'The first one is imported, send the others one by one.',
    async receive({ viewer, name: clientName, stream, signal }) {
      const { id, name, status, byteSize } = await imports.receive(viewer, clientName, stream, signal);
      return {
        status: 202,
        body: { import: { id: encodeGlobalID('Import', id), name, status, byteSize: Number(byteSize) } },
        logged: { importId: id, byteCount: Number(byteSize) },
      };
    },
  });
}
