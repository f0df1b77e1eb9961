import { createRequire } from 'node:module';
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Why a user's module does not load, as one sentence with the place in the file: `./mine.ts does not load: Unexpected
 * ";" (./mine.ts:2:18).`
 *
 * @param path as the user named it
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
  /** From 1. */
  line: number;
  /** From 1. */
  column: number;
}

const firstLine = (error: unknown): string => {
  const text = error instanceof Error ? error.message || error.name : String(error);
  return text.split('\n')[0]!.replace(/ imported from .*$/, ''); // the place follows
};

/**
 * The first wrong place in a module or in the files beside it that it imports: Node names no line for a syntax error
 * of an ES module. esbuild, which reads TypeScript for tsx, does.
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
  /** The line is counted from 1, the column from 0. */
  location: { file: string; line: number; column: number } | null;
}

/** The part of esbuild that is used; it comes with tsx. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<{ errors: Fault[] }>;
}

/** Where in the user's files the error comes from: the innermost place in the module's folder, else in the module. */
function placeOf(error: unknown, file: string): Place | undefined {
  const frames = placedFrames(error);
  const isBeside = (place: Place) =>
    place.file.startsWith(dirname(file) + sep) && !place.file.includes(`${sep}node_modules${sep}`);
  return frames.find(isBeside) ?? frames.find(place => place.file === file);
}

/** The places in files of an error's stack, innermost first. */
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

/** A file's path as the user wrote the module's. */
const shown = (path: string, module: string, file: string): string =>
  file === module
    ? path
    : relative(process.cwd(), file).startsWith('..')
      ? file
      : `.${sep}${relative(process.cwd(), file)}`;
