import { join } from 'node:path';
import { isUuid } from '../base/id.ts';
import type { FilePaths } from './file-store.ts';

/** Where files lie below the data folder: paths are made of our ids alone. */
export interface FilePlaces {
  /** All kept files, in shards. */
  readonly root: string;
  readonly temporaryRoot: string;
  folderOf(id: string): string;
  temporaryFolderOf(id: string): string;
}

/** Each reading has a table of its own, so that a query of the one before goes on undisturbed. */
const tableName = (revision: number): string => (revision === 1 ? 'table.parquet' : `table.${revision}.parquet`);

/** The files in the folder of an upload. */
export const pathsIn = (folder: string, revision: number): FilePaths => ({ original: join(folder, 'original'), table: join(folder, tableName(revision)) });

/** The places below a data folder. */
export function createFilePlaces(folder: string): FilePlaces {
  const root = join(folder, 'files');
  const temporaryRoot = join(folder, 'tmp');
  const checked = (id: string): string => {
    if (!isUuid(id)) throw new Error(`"${id}" is not an id of the file store`);
    return id;
  };
  return {
    root,
    temporaryRoot,
    folderOf: (id) => join(root, checked(id).slice(-2), id),
    temporaryFolderOf: (id) => join(temporaryRoot, checked(id)),
  };
}
