import type { LockOwner } from './lock-owner.js';

export type { LockOwner } from './lock-owner.js';

/** A tab's files are its own, so there is nobody to lock out. */
export async function acquire(
  _path: string,
  _doing: string | undefined,
): Promise<{ release(): Promise<void> } | { owner: LockOwner | undefined }> {
  return { release: async () => {} };
}

export const ownerIn = async (_path: string): Promise<LockOwner | undefined> => undefined;

export const isHeld = async (_path: string, _owner: LockOwner | undefined): Promise<boolean> => false;
