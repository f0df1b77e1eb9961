import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { train, visit } from './tab.mjs';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const sizes = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 900 } };

/** Appearance and accessibility. */
export const looks = {
  async 'axe-core finds nothing, in either language and theme, before and after training'(browser, made) {
    const tab = await visit(browser, `${made.url}#methods=clip,coop,gda&shots=2&epochs=4`);
    const { page } = tab;
    await page.evaluate(axe);
    const found = new Map();
    const examine = async (name, picture = true) => {
      for (const colorScheme of ['light', 'dark'])
        for (const [size, viewport] of Object.entries(sizes)) {
          await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
          await page.setViewportSize(viewport);
          const { violations } = await page.evaluate(() => globalThis.axe.run());
          for (const { id, nodes } of violations)
            found.set(`${id} (${name}, ${colorScheme}, ${size}): ${nodes[0].html.slice(0, 120)}`, nodes.length);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          if (wide > 0) found.set(`${wide} pixels too wide (${name}, ${size})`, 1);
          if (!picture) continue;
          const path = join(made.screenshots, `${name}-${size}-${colorScheme}.png`);
          await page.screenshot({ path, fullPage: true });
        }
    };
    await examine('start');
    await page.setViewportSize(sizes.desktop);
    await train(page);
    await page.locator('[data-testid=answers] [data-method=gda]').waitFor();
    await examine('trained');
    for (const text of ['Wrong', 'Nearest words']) {
      await page.getByText(text, { exact: true }).click();
      await examine(text.toLowerCase().replace(' ', '-'));
    }
    await page.getByText('Your own', { exact: true }).click();
    await page.getByRole('button', { name: 'New class' }).click();
    await page.getByRole('radio', { name: 'From the hub' }).check();
    await examine('own');
    await page.setViewportSize(sizes.desktop);
    await page.getByLabel('Language').first().selectOption('zh');
    await examine('chinese');
    await tab.close();
    if (found.size > 0) throw new Error([...found].map(([what, count]) => `${count} × ${what}`).join(' | '));
    return `; screenshots are in ${made.screenshots}`;
  },

  async 'the keyboard reaches every step'(browser, { url }) {
    const tab = await visit(browser, url);
    const { page } = tab;
    await page.keyboard.press('Tab');
    if ((await page.evaluate(() => document.activeElement.textContent)) !== 'Skip to the steps')
      throw new Error('the first stop is not the skip link');
    const steps = new Set();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      steps.add(await page.evaluate(() => document.activeElement.closest('section[id]')?.id));
    }
    for (const id of ['data', 'clip', 'train', 'try', 'take'])
      if (!steps.has(id)) throw new Error(`Tab does not reach ${id}`);
    await tab.close();
  },
};
