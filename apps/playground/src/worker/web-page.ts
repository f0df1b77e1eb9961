import { removePath, takeFiles } from '@dgprompt/io';
import type { Method } from '@dgprompt/methods';
import { exportWeb } from '@dgprompt/methods/classifier';
import { session } from './session.js';

/** The files of a standalone page that classifies. */
export async function webPage(method: Method, title: string): Promise<Record<string, Uint8Array>> {
  const folder = '/export/page';
  const at = (name: string) => new URL(name, session.assets).href;
  await removePath(folder);
  await exportWeb(method, { folder, title, page: at('page'), runtime: at('ort') });
  const files = await takeFiles(folder);
  await removePath(folder);
  return files;
}
