import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Profiles that ONNX Runtime wrote to a folder, one per session. */
export const profilesIn = (folder: string): string[] =>
  readdirSync(folder)
    .filter(name => /^session-\d+.*\.json$/.test(name))
    .map(name => join(folder, name));

/** Makes a folder for profiles. @throws one sentence if it already has some */
export function makeProfileFolder(folder: string): void {
  mkdirSync(folder, { recursive: true });
  if (profilesIn(folder).length > 0)
    throw new Error(`${folder} contains profiles already; choose another folder, or delete them.`);
}

/** Path prefix of the n-th session's profile. */
export const profilePrefix = (folder: string, n: number): string =>
  join(folder, `session-${String(n).padStart(3, '0')}`);

/** @throws one sentence naming the file if it is not a complete profile */
export function readProfile(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new Error(`${file} is not a complete profile; run it again.`, { cause });
  }
}

/**
 * Temporary folders of profiles not read yet; those left by sessions whose first run failed are removed at exit.
 */
const folders = new Set<string>();
let removesAtExit = false;

/** A temporary folder for one profile, removed once the profile is read. */
export function temporaryProfile(): { prefix: string; take(): unknown } | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-nodes-'));
  if (!removesAtExit) process.once('exit', () => folders.forEach(remove));
  removesAtExit = true;
  folders.add(folder);
  return {
    prefix: join(folder, 'run'),
    take() {
      const profile = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8');
      remove(folder);
      return JSON.parse(profile);
    },
  };
}

function remove(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}
