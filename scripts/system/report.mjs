import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';
import { contrasts, inChromium } from './in-chromium.mjs';

/** The page written by `dgprompt report`, in a real headless Chromium. */
export const report = {
  name: 'report in Chromium',
  run: () => inChromium(reported, checks),
};

/** Every kind of plot. */
const plots = [
  ...['base against new', 'scores by task', 'against CLIP', 'few-shot curves', 'classes', 'confusion', 'training'],
];

const checks = {
  async 'every plot, table and picture is present, and visible when its task is opened'(browser, { page }) {
    const tab = await opened(browser, page);
    const found = await tab.evaluate(() => {
      const drawn = 'figure > svg, .matrix';
      for (const details of document.querySelectorAll('details')) details.open = true;
      for (const image of document.images) image.loading = 'eager';
      const seen = element => element.getBoundingClientRect().width > 50 && element.checkVisibility();
      const figures = [...document.querySelectorAll('figure[data-plot]')];
      return {
        plots: figures.map(figure => figure.dataset.plot),
        hidden: figures.filter(figure => !seen(figure.querySelector(drawn))).map(figure => figure.dataset.plot),
        nameless: figures.filter(figure => !figure.querySelector('svg[role="img"][aria-label], .matrix')).length,
        bare: figures.filter(figure => !figure.querySelector('figcaption b')?.textContent.trim()).length,
        tables: document.querySelectorAll('.scores, .words, .runs').length,
        images: [...document.querySelectorAll('.examples img')].map(image => image.src),
      };
    });
    const missing = plots.filter(plot => !found.plots.includes(plot));
    if (missing.length > 0) throw new Error(`there is no plot ${missing}`);
    if (found.hidden.length > 0) throw new Error(`${found.hidden} cannot be seen`);
    if (found.nameless > 0) throw new Error(`${found.nameless} plots say nothing to a screen reader`);
    if (found.bare > 0) throw new Error(`${found.bare} plots have no title`);
    if (found.tables < 10 || found.images.length < 20)
      throw new Error(`there are ${found.tables} tables and ${found.images.length} images`);
    await tab.waitForFunction(() =>
      [...document.querySelectorAll('.examples img')].every(image => image.complete && image.naturalWidth > 0),
    );
    await closed(tab);
    return `: ${found.plots.length} plots, ${found.tables} tables, ${found.images.length} images`;
  },

  async 'names from records are text'(browser, { page }) {
    const tab = await opened(browser, page);
    const found = await tab.evaluate(() => [document.querySelectorAll('hr').length, document.body.textContent]);
    if (found[0] > 0) throw new Error('a class name became an element');
    if (!found[1].includes(oddName)) throw new Error('the class with an odd name is not there');
    await closed(tab);
  },

  async 'the keyboard alone reaches everything, and the first stop skips the contents'(browser, { page }) {
    const first = await opened(browser, page);
    await first.keyboard.press('Tab');
    await first.keyboard.press('Enter');
    const after = await first.evaluate(() => [document.activeElement.id, location.hash].join(' '));
    if (after !== 'main #main') throw new Error(`the first stop leads to ${after}`);
    await closed(first);
    const tab = await opened(browser, page);
    const reached = await tab.evaluate(() => {
      const stops = [...document.querySelectorAll('a[href], summary, button, [tabindex="0"]')].filter(e =>
        e.checkVisibility(),
      );
      for (const [i, stop] of stops.entries()) stop.dataset.stop = String(i);
      return stops.length;
    });
    const order = [];
    for (let i = 0; i < reached; i++) {
      await tab.keyboard.press('Tab');
      order.push(await tab.evaluate(() => Number(document.activeElement.dataset.stop ?? -1)));
    }
    const wrong = order.findIndex((stop, i) => stop !== i);
    if (wrong >= 0) throw new Error(`Tab number ${wrong + 1} of ${reached} reaches stop ${order[wrong]}`);
    await tab.locator('details.task summary').first().focus();
    await tab.keyboard.press('Enter');
    await tab.locator('details.task[open] [data-plot="classes"]').first().waitFor();
    await closed(tab);
    return `: ${reached} stops`;
  },

  async 'no labels in a plot overlap'(browser, { page, committed }) {
    let labels = 0;
    for (const one of [page, committed]) {
      const tab = await opened(browser, one);
      const found = await tab.evaluate(overlaps);
      if (found.over.length > 0)
        throw new Error(`${found.over.length} labels overlap, such as ${found.over.slice(0, 3).join(', ')}`);
      labels += found.labels;
      await closed(tab);
    }
    return `: ${labels} labels`;
  },

  async 'axe-core finds nothing, light and dark, on a phone and on a desktop'(browser, { page }) {
    const found = new Set();
    for (const colorScheme of ['light', 'dark'])
      for (const width of [390, 1280]) {
        const tab = await opened(browser, page, { colorScheme, viewport: { width, height: 900 }, bypassCSP: true });
        await tab.evaluate(() => {
          for (const details of document.querySelectorAll('details')) details.open = true;
        });
        await tab.evaluate(axe);
        const { violations } = await tab.evaluate(() => globalThis.axe.run());
        for (const { id, nodes } of violations) found.add(`${id}: ${nodes[0].html.slice(0, 120)}`);
        await closed(tab);
      }
    if (found.size > 0) throw new Error([...found].join(' | '));
  },

  async 'the numbers of tables and plots can be copied into a spreadsheet'(browser, { page }) {
    const tab = await opened(browser, page);
    await tab.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    const kinds = {
      table: '.sheet:has(.scores)',
      plot: '[data-plot="base against new"]',
      matrix: '[data-plot=confusion]',
    };
    await tab.evaluate(() => {
      for (const details of document.querySelectorAll('details')) details.open = true;
    });
    for (const [kind, place] of Object.entries(kinds)) {
      await tab.locator(`${place} .copy`).first().press('Enter');
      await tab.locator('#said', { hasText: 'Copied.' }).waitFor({ state: 'attached' });
      const rows = (await tab.evaluate(() => navigator.clipboard.readText())).split('\n').map(row => row.split('\t'));
      const isWhole = rows.length > 2 && rows[0].length > 2 && rows.every(row => row.length === rows[0].length);
      if (!isWhole || !rows[1].some(cell => /^\d+(\.\d+)?$/.test(cell)))
        throw new Error(`of the ${kind}, ${JSON.stringify(rows.slice(0, 3))} is copied`);
    }
    await closed(tab);
  },

  async 'nothing is wider than a phone, and wide tables scroll separately'(browser, { page }) {
    for (const width of [390, 320]) {
      const tab = await opened(browser, page, { viewport: { width, height: 844 } });
      const wide = await tab.evaluate(() => {
        for (const details of document.querySelectorAll('details')) details.open = true;
        const out = [...document.querySelectorAll('body *')].filter(
          e => !e.closest('.scroll, .skip, svg') && e.getBoundingClientRect().right > innerWidth + 1,
        );
        return [document.documentElement.scrollWidth, out.slice(0, 3).map(e => `${e.tagName}.${e.className}`)].join(
          ' ',
        );
      });
      if (wide !== `${width} `) throw new Error(`at ${width} pixels the page is ${wide}`);
      await closed(tab);
    }
  },

  async 'text stands out from its ground, light and dark'(browser, { page }) {
    for (const colorScheme of ['light', 'dark']) {
      const tab = await opened(browser, page, { colorScheme });
      const contrast = await tab.evaluate(contrasts, texts);
      const low = contrast.filter(({ ratio }) => ratio < 4.5);
      if (low.length > 0)
        throw new Error(`${colorScheme}: ${low.map(({ selector, ratio }) => `${selector} ${ratio.toFixed(1)}`)}`);
      await closed(tab);
    }
  },

  async 'on paper everything is open and the contents are gone'(browser, { page }) {
    const tab = await opened(browser, page);
    await tab.emulateMedia({ media: 'print' });
    const hidden = await tab.evaluate(() => {
      const figures = [...document.querySelectorAll('figure[data-plot]')];
      return [
        figures.filter(figure => !figure.checkVisibility()).length,
        document.querySelector('nav').checkVisibility(),
      ];
    });
    if (hidden.join() !== '0,false') throw new Error(`${hidden[0]} plots are hidden, the contents are ${hidden[1]}`);
    await closed(tab);
  },
};

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Runs in the page: pairs of labels in a plot that overlap by more than a hair's breadth. */
function overlaps() {
  for (const details of document.querySelectorAll('details')) details.open = true;
  const over = [];
  let labels = 0;
  for (const svg of document.querySelectorAll('figure > svg')) {
    const texts = [...svg.querySelectorAll('text')].map(text => ({ text, box: text.getBoundingClientRect() }));
    labels += texts.length;
    for (const [i, a] of texts.entries())
      for (const b of texts.slice(i + 1)) {
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (width > 1 && height > 3) over.push(`"${a.text.textContent}" and "${b.text.textContent}"`);
      }
  }
  return { over, labels };
}

/** The texts on the page. */
const texts = [
  ...['h1', '.kicker', 'nav a', 'nav .sub', '.facts dt', '.reading', '.legend li', '.title', 'thead th', 'td small'],
  ...['figcaption', '.about', '.note', '.label', 'summary', '.plot text', '[fill="var(--muted)"]', 'code', '.copy'],
  ...['.matrix .right', '.matrix .wrong', '.matrix th', '.examples small'],
];

/** The page; network requests, and any message from the browser, make `closed` fail. */
async function opened(browser, page, options = {}) {
  const tab = await browser.newPage(options);
  const trouble = text => {
    tab.trouble ??= new Error(text);
  };
  const url = pathToFileURL(page).href;
  tab.on('request', request => {
    const asked = request.url();
    if (asked !== url && !asked.startsWith('data:')) trouble(`the page asked for ${asked}`);
  });
  tab.on('pageerror', error => trouble(error.message));
  tab.on('console', message => trouble(`the console says ${message.text()}`));
  await tab.goto(url);
  return tab;
}

async function closed(tab) {
  await tab.close();
  if (tab.trouble) throw tab.trouble;
}

/** A class name that would become an element without escaping. */
const oddName = '<hr id=odd>';

/** A report on small runs of three protocols with generated tasks, made by the built command. */
async function reported() {
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-reported-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const place = name => join(folder, name);
  try {
    await draw(place('drawn'));
    if ((await turbo(['build'], ['--filter=dgprompt'], { quiet: true })) !== 0) throw new Error('The build failed.');
    const bench = (...args) =>
      dgprompt(
        'bench',
        '--suite',
        place('drawn'),
        '--results',
        place('results'),
        '--epochs',
        '2',
        '--shots',
        '2',
        ...args,
      );
    await bench('--methods', 'clip,coop,kgcoop', '--seeds', '1,2', '--validate');
    await bench('--methods', 'clip,coop', '--protocol', 'few-shot', '--shots', '1,2', '--seeds', '1,2');
    await bench('--methods', 'clip,coop', '--protocol', 'cross-dataset');
    const data = ['--suite', place('drawn')];
    await dgprompt('report', '--results', place('results'), '--out', place('report.html'), ...data);
    await dgprompt('report', '--results', join(root, 'docs', 'results', 'records'), '--out', place('committed.html'));
    return {
      page: place('report.html'),
      committed: place('committed.html'),
      size: readFileSync(place('report.html')).length,
      clean,
    };
  } catch (error) {
    clean();
    throw error;
  }
}

async function dgprompt(...args) {
  const program = join(root, 'packages', 'cli', 'dist', 'main.js');
  const { code, output } = await run(process.execPath, [program, ...args], { capture: true });
  if (code === 130) process.exit(130);
  if (code !== 0) throw new Error(`dgprompt ${args[0]} failed: ${output.trim().split('\n').at(-1)}`);
}

/** Two tasks of plain pictures, six classes each, one with an odd name if the system allows it. */
async function draw(to) {
  const { default: sharp } = await import('sharp');
  const names = ['blue', 'green', 'grey', process.platform === 'win32' ? 'odd' : oddName, 'red', 'yellow'];
  const colours = ['#2040d0', '#20b040', '#808080', '#e080b0', '#d03020', '#e0d020'];
  for (const [t, task] of ['bright', 'dim'].entries()) {
    for (const [c, name] of names.entries()) {
      mkdirSync(join(to, task, name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const plain = { width: 64 + i, height: 64 + t, channels: 3, background: colours[c] };
        await sharp({ create: plain })
          .png()
          .toFile(join(to, task, name, `${i}.png`));
      }
    }
  }
}
