/** Writes NOTICE.md from the manifests of the installed icon packages; run it with `npm run make-notice`. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { styles } from '../src/styles.js';

const file = (name: string) => new URL(`../${name}`, import.meta.url);
/** Pretraining's icon sets are installed in a separate folder, this package's in folders above it. */
const require = createRequire(file('../lab/pretrain/sources/package.json'));

interface Info {
  name?: string;
  author?: { name: string } | string;
  license?: { title: string; url?: string } | string;
}

/** Values for packages whose manifests lack them. */
const said: Record<string, Partial<{ title: string; author: string; licence: string }>> = {
  '@lobehub/fluent-emoji-3d': {
    title: 'Fluent Emoji, 3D',
    author: 'Microsoft Corporation, packaged by LobeHub',
    licence: '[MIT](https://github.com/microsoft/fluentui-emoji/blob/main/LICENSE)',
  },
  '@svgmoji/blob': {
    title: 'Blobmoji',
    author: 'Google Inc. and C1710, packaged by svgmoji',
    licence: '[Apache 2.0](https://github.com/C1710/blobmoji/blob/main/LICENSE)',
  },
  '@carbon/pictograms': { title: 'Carbon Pictograms', author: 'IBM', licence: 'Apache-2.0' },
  'emojibase-data': { title: 'Emojibase' },
};

function row(name: string): string {
  const folder = dirname(require.resolve(`${name}/package.json`));
  const read = (part: string): Info & { version: string } => JSON.parse(readFileSync(join(folder, part), 'utf8'));
  const manifest = read('package.json');
  const info: Info = existsSync(join(folder, 'info.json')) ? read('info.json') : manifest;
  const author = typeof info.author === 'string' ? info.author.replace(/ <.*/, '') : info.author?.name;
  const { license } = info;
  const licence =
    typeof license === 'object' ? (license.url ? `[${license.title}](${license.url})` : license.title) : license;
  const { title = info.name ?? name, author: by = author ?? '', licence: under = licence ?? '' } = said[name] ?? {};
  return `| ${title} | ${name} | ${manifest.version} | ${by} | ${under} |`;
}

const sources = file('../lab/pretrain/sources/package.json');
const { dependencies } = JSON.parse(readFileSync(sources, 'utf8')) as { dependencies: Record<string, string> };
const pretraining = Object.keys(dependencies);
const table = (names: string[]) =>
  ['| set | package | version | author | licence |', '| --- | --- | --- | --- | --- |', ...names.map(row)].join('\n');

writeFileSync(
  file('NOTICE.md'),
  `# Authors and licences of the pictures

## The tasks' pictures

The pictures in \`sheets/\` are rendered from these packages, and keep their licences. OpenMoji is share-alike, and
nothing was trained on it.

${table(Object.values(styles).map(style => style.package))}

Class names are from CLDR, as in Emojibase.

${table(['emojibase-data'])}

## The model's pictures

The model in \`model/\` was pretrained on renderings of the pictures in these packages. They are needed to pretrain it
again, not to use it.

${table(pretraining)}
`,
);
