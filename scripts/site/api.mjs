import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Application, Converter, ReflectionKind } from 'typedoc';
import ts from 'typescript';
import { entryPoints } from '../entry-points.mjs';
import { root } from '../setup.mjs';

/**
 * Writes the API reference as Markdown from the docstrings, one page per entry point.
 * @param {string} folder emptied first
 */
export async function writeApi(folder) {
  const entries = entryPoints();
  const app = await application(entries);
  const project = await app.convert();
  if (!project) throw new Error('typedoc could not read the sources.');
  rmSync(folder, { recursive: true, force: true });
  await app.outputs.writeOutput({ name: 'markdown', path: folder }, project);
  plainNames(folder);
}

/** One program of all entry points, each a module named by its import specifier. */
async function application(entries) {
  const entryFiles = entries.map(({ file }) => file);
  const app = await Application.bootstrapWithPlugins({ ...settings, entryPoints: entryFiles }, []);
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  app.options.setCompilerOptions(entryFiles, ts.parseJsonConfigFileContent(config, ts.sys, root).options, undefined);
  const names = new Map(entries.map(({ file, name }) => [file, name]));
  app.converter.on(Converter.EVENT_CREATE_DECLARATION, (context, reflection) => {
    if (!reflection.kindOf(ReflectionKind.Module)) return;
    const file = context.getSymbolFromReflection(reflection)?.declarations?.[0]?.getSourceFile().fileName;
    reflection.name = names.get(file) ?? reflection.name;
  });
  return app;
}

const settings = {
  name: 'API',
  plugin: ['typedoc-plugin-markdown'],
  basePath: root,
  skipErrorChecking: true,
  excludeInternal: true,
  excludeExternals: true,
  readme: 'none',
  disableGit: true,
  sourceLinkTemplate: 'https://github.com/dgprompt/dgprompt/blob/main/packages/{path}#L{line}',
  validation: { notExported: false, invalidPath: false, invalidLink: false },
  logLevel: 'Error',
  outputFileStrategy: 'modules',
  entryFileName: 'index',
  excludeScopesInPaths: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideSources: true },
  useHTMLEncodedBrackets: true,
  sanitizeComments: true,
};

/** Renames pages numbered because an export has the same name: `features-1.md` becomes `features.md`. */
function plainNames(folder) {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(file => file.endsWith('.md'));
  for (const file of files) {
    const path = join(folder, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(/-1\.md/g, '.md'));
    if (file.endsWith('-1.md')) renameSync(path, path.replace(/-1\.md$/, '.md'));
  }
}
