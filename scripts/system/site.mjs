import { run } from '../processes.mjs';
import { root } from '../setup.mjs';
import { folders } from '../site/folders.mjs';
import { serve } from '../static-server.mjs';
import { contrasts, inChromium } from './in-chromium.mjs';

const base = '/dgprompt/';

/** The documentation site: it builds, nothing in it is broken, and its pages are readable in a real browser. */
export const site = {
  name: 'site',
  async run() {
    const command = ['scripts/site.mjs', '--check', '--base', base];
    const { code } = await run(process.execPath, command, { cwd: root });
    if (code === 130) process.exit(130);
    const built = { passed: Number(code === 0), failed: Number(code !== 0), skipped: 0 };
    if (code !== 0) return built;
    const seen = await inChromium(served, checks);
    if (typeof seen === 'string') return { ...built, skipped: 1 };
    return { ...seen, passed: seen.passed + 1 };
  },
};

/** One page of each kind. */
const pages = ['', 'start/', 'start/first-table', 'guides/new-method', 'guides/from-coop', 'methods/dgprompt'];
const others = ['explained/compile', 'gallery/', 'api/engine', 'results/', 'faq', 'zh/start/', 'zh/guides/from-coop'];

const checks = {
  async 'no page is wider than a phone or a desktop, and none has an error'(browser, { url }) {
    for (const width of [390, 1280]) {
      const tab = await opened(browser, { viewport: { width, height: 844 } });
      for (const page of [...pages, ...others]) {
        await visit(tab, url, page);
        const wide = await tab.evaluate(() => document.documentElement.scrollWidth);
        if (wide > width) throw new Error(`${page || 'the first page'} is ${wide} pixels wide at ${width}`);
      }
      await closed(tab);
    }
    return `: ${pages.length + others.length} pages at two widths`;
  },

  async 'text stands out from its ground, light and dark'(browser, { url }) {
    for (const colorScheme of ['light', 'dark']) {
      const tab = await opened(browser, { colorScheme });
      await visit(tab, url, 'methods/maple');
      const found = await tab.evaluate(contrasts, ['.vp-doc p', '.vp-doc p a', '.vp-doc td code', '.VPSidebar .text']);
      const low = found.filter(({ ratio }) => ratio < 4.5);
      if (low.length > 0)
        throw new Error(`${colorScheme}: ${low.map(({ selector, ratio }) => `${selector} ${ratio}`)}`);
      await closed(tab);
    }
  },

  async 'search finds pages and names of the API, in English and Chinese'(browser, { url }) {
    for (const [page, words, place] of [
      ['start/', 'CoCoOp', 'methods/cocoop'],
      ['start/', 'zeroShot', 'api/'],
      ['zh/start/', '分类器', 'zh/guides/own-classifier'],
    ]) {
      const tab = await opened(browser);
      await visit(tab, url, page);
      await tab.keyboard.press('Control+k');
      await tab.locator('.search-input').fill(words);
      await tab.locator(`.results a[href*="${place}"]`).first().waitFor();
      await closed(tab);
    }
  },

  async 'the playground starts in the page'(browser, { url }) {
    const tab = await opened(browser);
    await visit(tab, url, 'start/');
    await tab.getByRole('button', { name: /Start the playground/ }).click();
    await tab.frameLocator('.embedded iframe').getByRole('button').first().waitFor({ timeout: 60_000 });
    await closed(tab);
  },
};

async function served() {
  const { url, close } = await serve(folders.site, { prefix: base });
  return { url, clean: close };
}

async function opened(browser, options) {
  const tab = await browser.newPage(options);
  tab.on('pageerror', error => {
    tab.trouble ??= error;
  });
  return tab;
}

async function visit(tab, url, page) {
  await tab.goto(url + (page === '' || page.endsWith('/') ? page : `${page}.html`));
  await tab.locator('.VPContent, .VPHome').first().waitFor();
  if (tab.trouble) throw new Error(`${page}: ${tab.trouble.message}`);
}

async function closed(tab) {
  await tab.close();
  if (tab.trouble) throw tab.trouble;
}
