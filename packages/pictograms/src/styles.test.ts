import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { miniClip } from './mini-clip.js';
import { styles } from './styles.js';

const file = (name: string) => readFileSync(new URL(`../${name}`, import.meta.url), 'utf8');

it('pins every style’s package to the exact version that the splits were made from', () => {
  const { devDependencies } = JSON.parse(file('package.json'));
  for (const style of Object.values(styles)) expect(devDependencies[style.package]).toBe(style.version);
});

it('lists every style’s package, version and licence in the notice', () => {
  const notice = file('NOTICE.md');
  for (const style of Object.values(styles)) {
    expect(notice).toMatch(
      new RegExp(`${style.package} \\| ${style.version.replaceAll('.', '\\.')} \\| [^|]+ \\| [^|]+ \\|`),
    );
  }
});

it('ships its model, splits and notices with the package', () => {
  expect(JSON.parse(file('package.json')).files).toEqual(expect.arrayContaining(['data', 'model', 'NOTICE.md']));
  expect(miniClip).toMatch(/pictograms[\\/]model$/);
});
