import { joinPath } from '@dgprompt/io';
import { exists } from '../runtime/files.js';

export { isHubId } from './hub-id.js';

/** The folder of the tab for a model's files. */
export const hubFolder = (id: string, revision: string): string => joinPath('/hub', id, revision);

/** The folder of a model that this tab has fetched before. */
export function cachedSnapshot(id: string, { revision = 'main' }: { revision?: string } = {}): string | undefined {
  const folder = hubFolder(id, revision);
  return exists(folder) ? folder : undefined;
}

/** The tab fetched every file that the model has. */
export const missingSettings = (_snapshot: string): string[] => [];
