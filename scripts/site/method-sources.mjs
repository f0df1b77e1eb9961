import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import ts from 'typescript';
import { root } from '../setup.mjs';

const zoo = join(root, 'packages', 'methods', 'src', 'zoo');

/**
 * Facts about each method from its source code that are not in its definition at run time.
 * @returns {Map<string, { factory: string, entry: string, file: string, about: string, example: string, options:
 *   Map<string, string>, sources: string[] }>} by id; options: docstrings by dotted key; sources: comments on the
 *   numbers of the recipe
 */
export function methodSources() {
  const files = readdirSync(zoo)
    .filter(file => /\.ts$/.test(file) && !/\.test\.ts$/.test(file))
    .map(file => join(zoo, file));
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram(files, { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  return new Map(files.flatMap(file => definitionsIn(checker, program.getSourceFile(file))));
}

function definitionsIn(checker, source) {
  return source.statements.filter(ts.isVariableStatement).flatMap(statement =>
    statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      if (!initializer || !ts.isCallExpression(initializer) || initializer.expression.getText() !== 'defineMethod')
        return [];
      const [definition] = initializer.arguments;
      const parts = Object.fromEntries(definition.properties.map(part => [part.name.getText(), part]));
      const symbol = checker.getSymbolAtLocation(name);
      const tags = symbol.getJsDocTags(checker);
      const facts = {
        factory: name.text,
        file: relative(root, source.fileName),
        about: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
        example: fenced(ts.displayPartsToString(tags.find(tag => tag.name === 'example')?.text)),
        options: new Map(optionDocs(checker, checker.getTypeAtLocation(parts.options.initializer ?? parts.options))),
        sources: recipeComments(checker, parts.recipe),
      };
      return [[parts.name.initializer.text, facts]];
    }),
  );
}

const fenced = text => /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? '';

/** Docstrings of options, `guidance.rank` for those of a group. */
function optionDocs(checker, type, prefix = '') {
  return type.getProperties().flatMap(property => {
    const text = ts.displayPartsToString(property.getDocumentationComment(checker));
    const inner = checker.getTypeOfSymbol(property);
    const isGroup = inner.flags & ts.TypeFlags.Object && !checker.isArrayLikeType(inner);
    const key = prefix + property.name;
    return [[key, text], ...(isGroup ? optionDocs(checker, inner, `${key}.`) : [])];
  });
}

/** The comment on the recipe, and the docstrings of everything it calls and reads. */
function recipeComments(checker, recipe) {
  const found = [...leading(recipe), ...trailing(recipe)];
  const seen = new Set();
  const visit = node => {
    if (ts.isIdentifier(node)) {
      let symbol = checker.getSymbolAtLocation(node);
      if (ts.isShorthandPropertyAssignment(node.parent))
        symbol = checker.getShorthandAssignmentValueSymbol(node.parent);
      if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
      const declaration = symbol?.declarations?.[0];
      const isOwn = declaration?.getSourceFile().fileName.startsWith(zoo);
      const isRead = declaration && (ts.isFunctionDeclaration(declaration) || ts.isVariableDeclaration(declaration));
      if (isOwn && isRead && isTopLevel(declaration) && !seen.has(symbol)) {
        seen.add(symbol);
        const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
        if (text) found.push(text);
        ts.forEachChild(declaration, visit);
      }
    }
    ts.forEachChild(node, visit);
  };
  visit(recipe);
  return [...new Set(found)];
}

const isTopLevel = node => ts.isSourceFile(ts.isVariableDeclaration(node) ? node.parent.parent.parent : node.parent);

const leading = node => comments(node, ts.getLeadingCommentRanges(node.getSourceFile().text, node.pos));
const trailing = node => comments(node, ts.getTrailingCommentRanges(node.getSourceFile().text, node.end + 1));

function comments(node, ranges = []) {
  const { text } = node.getSourceFile();
  const lines = ranges.map(({ pos, end }) => text.slice(pos, end).replace(/^\/\/ ?|^\/\*\*?|\*\/$/g, ''));
  return lines.length === 0
    ? []
    : [
        lines
          .join(' ')
          .replace(/\s+\*?\s*/g, ' ')
          .trim(),
      ];
}
