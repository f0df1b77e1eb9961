import { createRequire } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Explains why a user's module does not load, in one sentence with the place in the file: `./mine.ts does not load:
 * Unexpected ";" (./mine.ts:2:18).`
 *
 * @param path as the user wrote it
 * @param file its absolute path
 */
export async function loadError(path: string, file: string, error: unknown): Promise<string> {
  const isFromCode = placeOf(error, file) !== undefined && (error as Error).name !== 'SyntaxError';
  const wrong = isFromCode ? undefined : await firstFault(file).catch(() => undefined);
  const { text, place } = wrong ?? { text: firstLine(error), place: placeOf(error, file) };
  const where = place && ` (${shown(path, file, place.file)}:${place.line}:${place.column})`;
  return `${path} does not load: ${text.replace(/\.$/, '')}${where ?? ''}.`;
}

interface Place {
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based. */
  column: number;
}

const firstLine = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0]!.replace(/ imported from .*$/, ''); // the place follows
};

/**
 * The first syntax error in a module or in the local files that it imports. Node gives no line for a syntax error of an
 * ES module; esbuild, which reads TypeScript for tsx, does.
 */
async function firstFault(file: string): Promise<{ text: string; place?: Place } | undefined> {
  const { build } = createRequire(createRequire(import.meta.url).resolve('tsx'))('esbuild') as Esbuild;
  const { errors } = await build({
    ...{ entryPoints: [file], absWorkingDir: dirname(file), bundle: true, packages: 'external', write: false },
    ...{ logLevel: 'silent', format: 'esm', platform: 'node', outdir: dirname(file) },
  }).catch((failure: { errors?: Fault[] }) => ({ errors: failure.errors ?? [] }));
  const [first] = errors;
  if (!first) return undefined;
  const { location, text } = first;
  if (!location) return { text };
  const place = { file: resolve(dirname(file), location.file), line: location.line, column: location.column + 1 };
  return { text, place };
}

interface Fault {
  text: string;
  /** The line is 1-based, the column 0-based. */
  location: { file: string; line: number; column: number } | null;
}

/** The part of esbuild used here; it comes with tsx. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{ errors: Fault[] }>;
}

/** The place of the error in the user's files: the innermost in the module's folder, else in the module. */
function placeOf(error: unknown, file: string): Place | undefined {
  const frames = placedFrames(error);
  const isBeside = (place: Place) =>
    place.file.startsWith(dirname(file) + sep) && !place.file.includes(`${sep}node_modules${sep}`);
  return frames.find(isBeside) ?? frames.find(place => place.file === file);
}

/** The file positions in an error's stack, innermost first. */
function placedFrames(error: unknown): Place[] {
  const lines = error instanceof Error ? (error.stack ?? '').split('\n') : [];
  return lines.flatMap(line => {
    const [, path, row, column] =
      /^\s+at (?:.*\()?((?:file:\/\/)?(?:\/|[a-z]:[\\/]).*?):(\d+):(\d+)\)?$/i.exec(line) ?? [];
    if (path === undefined) return [];
    const file = path.startsWith('file:') ? fileURLToPath(path.replace(/\?.*$/, '')) : path.replace(/\?.*$/, '');
    return [{ file, line: Number(row), column: Number(column) }];
  });
}

/** A file's path in the style of the user's path to the module. */
const shown = (path: string, module: string, file: string): string =>
  file === module
    ? path
    : relative(process.cwd(), file).startsWith('..')
      ? file
      : `.${sep}${relative(process.cwd(), file)}`;
