import type { Method } from '@dgprompt/methods';
export async function webPage(_method: Method, _title: string): Promise<Record<string, Uint8Array>> {
  throw new Error('not yet');
}
