/**
 * `npm run api`: writes each published package's API.md, every exported name with its signature, by entry point. With
 * `--check` (part of `npm run lint`) it fails if a listing is out of date, if a main entry exceeds its limit of names,
 * or if an exported signature mentions a type that no entry of the package exports.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { entryPoints } from './entry-points.mjs';
import { root } from './setup.mjs';

/** Most names that a package's main entry may export. */
const limits = { methods: 40, clip: 40, engine: 35, bench: 35 };
const check = process.argv.includes('--check');

const entries = entryPoints();
const folders = new Set(entries.map(({ folder }) => folder));

const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile).config,
  ts.sys,
  root,
);
const program = ts.createProgram(
  entries.map(({ file }) => file),
  { ...config.options, noEmit: true },
);
const checker = program.getTypeChecker();
const problems = [];

for (const folder of folders) {
  const own = entries.filter(entry => entry.folder === folder);
  const exported = new Map(
    own.flatMap(({ file }) => namesOf(file)).map(symbol => [symbol.getName(), resolved(symbol)]),
  );
  const known = new Set(exported.values());
  for (const { file, name, isMain } of own) {
    const symbols = namesOf(file);
    const limit = isMain ? limits[folder] : undefined;
    if (limit && symbols.length > limit)
      problems.push(`${name} exports ${symbols.length} names, and at most ${limit} are allowed.`);
    if (folder === 'cli') continue; // its one type is computed from the command's own table of options
    for (const symbol of symbols) {
      for (const hidden of hiddenTypes(resolved(symbol), folder, known))
        problems.push(`${name}: ${symbol.getName()} mentions ${hidden}, which no entry of the package exports.`);
    }
  }
  const text = listing(own);
  const path = join(root, 'packages', folder, 'API.md');
  if (!check) writeFileSync(path, text);
  else if (!existsSync(path) || readFileSync(path, 'utf8') !== text)
    problems.push(`${relative(root, path)} is not up to date: run \`npm run api\` and commit the change.`);
}
for (const problem of [...new Set(problems)]) console.error(`✗ ${problem}`);
if (problems.length === 0) console.log(`${entries.length} entry points, ${check ? 'as listed' : 'listed'}`);
process.exit(check && problems.length > 0 ? 1 : 0);

function namesOf(file) {
  const source = program.getSourceFile(file);
  if (!source) throw new Error(`${file} does not exist.`);
  return checker.getExportsOfModule(checker.getSymbolAtLocation(source));
}

function resolved(symbol) {
  return symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
}

function listing(own) {
  const parts = own.map(({ file, name }) => {
    const lines = namesOf(file)
      .sort((a, b) => (a.getName().toLowerCase() < b.getName().toLowerCase() ? -1 : 1))
      .map(symbol => line(symbol.getName(), resolved(symbol)));
    return `## ${name}\n\n${lines.length} names\n\n\`\`\`ts\n${lines.join('\n')}\n\`\`\`\n`;
  });
  return `# API\n\nMade by \`npm run api\`; a change of the public surface shows in this file.\n\n${parts.join('\n')}`;
}

/** A name with its signature; types and interfaces with their members. */
function line(name, symbol) {
  const declaration = symbol.declarations?.[0];
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseSingleQuotesForStringLiteralType;
  if (!declaration) return name;
  if (ts.isInterfaceDeclaration(declaration)) return `interface ${name} { ${members(declaration.members)} }`;
  if (ts.isTypeAliasDeclaration(declaration)) return `type ${name} = ${squeezed(declaration.type)}`;
  const type = checker.getTypeOfSymbolAtLocation(symbol, declaration);
  return `${name}: ${checker.typeToString(type, declaration, flags).replace(/import\("[^"]+"\)\./g, '')}`;
}

function squeezed(node) {
  return withoutComments(node.getText()).replace(/\s+/g, ' ').trim();
}
function members(nodes) {
  return nodes.map(member => squeezed(member).replace(/[;,]$/, '')).join('; ');
}
function withoutComments(text) {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/\/\/.*$/gm, '');
}

/** Names of the package's own types that occur in a signature but are not exported by any of its entries. */
function hiddenTypes(symbol, folder, known) {
  const source = join(root, 'packages', folder, 'src');
  const hidden = new Set();
  const visit = node => {
    if (ts.isBlock(node)) return;
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node)) {
      const target = checker.getSymbolAtLocation(ts.isTypeReferenceNode(node) ? node.typeName : node.expression);
      const found = target && resolved(target);
      const at = found?.declarations?.[0];
      const isType =
        at && (ts.isInterfaceDeclaration(at) || ts.isTypeAliasDeclaration(at) || ts.isClassDeclaration(at));
      if (isType && at.getSourceFile().fileName.startsWith(source) && !known.has(found)) hidden.add(found.getName());
    }
    ts.forEachChild(node, visit);
  };
  for (const declaration of symbol.declarations ?? []) {
    if (!declaration.getSourceFile().fileName.startsWith(source)) continue;
    if (ts.isFunctionDeclaration(declaration)) {
      declaration.parameters.forEach(visit);
      if (declaration.type) visit(declaration.type);
    } else if (ts.isVariableDeclaration(declaration)) {
      if (declaration.type) visit(declaration.type);
      else if (declaration.initializer && ts.isArrowFunction(declaration.initializer)) {
        declaration.initializer.parameters.forEach(visit);
        if (declaration.initializer.type) visit(declaration.initializer.type);
      }
    } else if (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) {
      ts.forEachChild(declaration, visit);
    }
  }
  return hidden;
}
