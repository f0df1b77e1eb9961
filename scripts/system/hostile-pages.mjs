import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root, turbo } from '../setup.mjs';
import { inChromium } from './in-chromium.mjs';

/** Pages, cards and Markdown tables with names that try to be obeyed, in a real headless Chromium. */
export const hostilePages = {
  name: 'hostile names in Chromium',
  run: () => inChromium(made, checks),
};

const checks = {
  'the report': (browser, { folder }) => harmless(browser, join(folder, 'report.html'), 1),
  'the page of mistakes': (browser, { folder }) => harmless(browser, join(folder, 'mistakes.html'), 1),
  'the exported page': (browser, { folder }) =>
    harmless(browser, join(folder, 'web', 'index.html'), Number.POSITIVE_INFINITY),
  'the card, as Markdown': (browser, { folder }) => asMarkdown(browser, folder, join('classifier', 'card.md')),
  'the tables, as Markdown': (browser, { folder }) => asMarkdown(browser, folder, 'table.md'),
};

/** Checks that no name has become an element, a link or a script. @param most the page's own number of scripts */
async function harmless(browser, file, most) {
  const tab = await browser.newPage();
  const asked = [];
  tab.on('request', request => /^https?:/.test(request.url()) && asked.push(request.url()));
  await tab.goto(pathToFileURL(file).href);
  const found = await tab.evaluate(() => ({
    owned: globalThis.owned !== undefined,
    scripts: [...document.scripts].filter(({ src }) => src === '').length,
    links: [...document.links].map(({ href }) => href).filter(href => !href.startsWith('file:')),
    images: [...document.images]
      .map(({ src }) => src)
      .filter(src => src !== '' && !/^(data:image|file:.*card\/\d+-\d+\.jpg$)/.test(src)),
    handlers: document.querySelectorAll('[onerror], [onload], [onclick]').length,
    text: document.body.textContent,
  }));
  await tab.close();
  const { owned, scripts, links, images, handlers, text } = found;
  if (owned) throw new Error('a name was run');
  if (scripts > most) throw new Error(`there are ${scripts} scripts`);
  if (links.length + images.length + handlers + asked.length > 0)
    throw new Error(`there are ${[...links, ...images, ...asked].join(' ')} and ${handlers} handlers`);
  if (!text.includes('constructor')) throw new Error('a class named constructor is not there');
}

async function asMarkdown(browser, folder, name) {
  const { default: markdownIt } = await import('markdown-it'); // here, since a fresh clone must install it first
  const rendered = markdownIt({ html: true, linkify: true }).render(readFileSync(join(folder, name), 'utf8'));
  const file = join(folder, `${name}.html`);
  writeFileSync(file, `<!doctype html><meta charset="utf-8"><title>x</title><body>${rendered}`);
  await harmless(browser, file, 0);
}

async function made() {
  const { tsImport } = await import('tsx/esm/api');
  const { hostileNames } = await tsImport('../../packages/cli/src/testing/hostile-names.ts', import.meta.url);
  const { default: sharp } = await import('sharp');
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-hostile-pages-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const place = name => join(folder, name);
  try {
    if ((await turbo(['build'], ['--filter=dgprompt'], { quiet: true })) !== 0) throw new Error('The build failed.');
    const names = hostileNames.filter(name => !name.includes('/'));
    for (const task of ['one', '<b>`x`|[l](http:a.b)'])
      for (const [i, name] of names.entries()) {
        const images = join(folder, 'suite', task, name);
        mkdirSync(images, { recursive: true });
        for (let n = 0; n < 6; n++) {
          const background = { r: (i * 10) % 256, g: (n * 40) % 256, b: (i * 37) % 256 };
          const create = { width: 24, height: 24, channels: 3, background };
          await sharp({ create })
            .png()
            .toFile(join(images, `${n}.png`));
        }
      }
    const dgprompt = (...args) =>
      execFileSync(process.execPath, [join(root, 'packages', 'cli', 'dist', 'main.js'), ...args], { stdio: 'ignore' });
    const suite = ['--suite', place('suite')];
    const results = ['--results', place('results')];
    const fewShot = ['--protocol', 'few-shot', '--shots', '1', '--epochs', '1'];
    dgprompt('bench', ...suite, ...results, ...fewShot, '--methods', 'clip,coop:tokens=2', '--out', place('table.md'));
    writeFileSync(place('table.md'), `${readFileSync(place('table.md'), 'utf8')}\nconstructor\n`);
    dgprompt('report', ...suite, ...results, '--out', place('report.html'));
    const images = join(place('suite'), 'one');
    const quick = ['--method', 'coop:tokens=2', '--epochs', '1', '--augment', 'none'];
    dgprompt('train', images, '--out', place('classifier'), ...quick);
    dgprompt('evaluate', place('classifier'), images, '--out', place('mistakes.html'));
    dgprompt('export', place('classifier'), '--format', 'web', '--out', place('web'));
    return { folder, clean };
  } catch (error) {
    clean();
    throw error;
  }
}
