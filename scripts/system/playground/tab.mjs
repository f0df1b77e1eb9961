/** Timeout of a check in milliseconds: for hangs, not for speed. */
const patience = 600_000;

/**
 * A fresh visit with an empty cache; errors and requests to other origins fail the check.
 * @param {import('playwright-core').Browser} browser
 * @param {string} url
 * @param {import('playwright-core').BrowserContextOptions & { init?: () => void, started?: boolean, asks?: RegExp,
 *   before?: Function }} [options] init: runs before the page's scripts; started: wait for the first answer (default);
 *   asks: other addresses that the page may request; before: gets the context before the page is opened
 */
export async function visit(browser, url, { init, started = true, asks, before, ...options } = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: 'en-GB', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(patience);
  const troubles = [];
  page.on('pageerror', error => troubles.push(error.message));
  page.on('request', request => {
    const asked = request.url();
    if (!asked.startsWith(new URL(url).origin) && !/^(blob|data):/.test(asked) && !asks?.test(asked))
      troubles.push(`asked for ${asked}`);
  });
  if (init) await page.addInitScript(init);
  await before?.(context);
  await page.goto(url);
  if (started) await answered(page);
  return {
    page,
    context,
    async close() {
      await context.close();
      if (troubles.length > 0) throw new Error(troubles.join('; '));
    },
  };
}

/** Waits for CLIP's answer about the first picture. */
export const answered = page => page.locator('[data-testid=answers] [data-method=clip] li').first().waitFor();

/** Chooses exactly these methods. */
export async function choose(page, methods) {
  await page.getByRole('button', { name: /^\d+ more$/ }).click();
  await page.getByRole('button', { name: 'Fewer' }).waitFor();
  const values = await page.locator('input[name=method]:enabled').evaluateAll(boxes => boxes.map(({ value }) => value));
  for (const id of values) await page.locator(`input[name=method][value=${id}]`).setChecked(methods.includes(id));
}

export async function setNumber(page, label, value) {
  const field = page.getByRole('spinbutton', { name: label });
  await field.fill(String(value));
  await field.press('Tab');
}

/** Presses Train (or Continue) and waits for the table. @returns its rows: cells by method */
export async function train(page, button = 'Train') {
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
  return table(page);
}

/** Presses Train (or Continue) and waits for an epoch. */
export async function startTraining(page, epochs, button = 'Train') {
  await page.getByRole('button', { name: button, exact: true }).click();
  await said(page, new RegExp(`epoch \\d+ of ${epochs}`));
}

export async function table(page) {
  const rows = await page.locator('[data-testid=results] tbody tr').all();
  const read = async row => [
    await row.getAttribute('data-method'),
    (await row.locator('td').allInnerTexts()).map(text => text.trim()),
  ];
  return Object.fromEntries(await Promise.all(rows.map(read)));
}

/** Waits for a text on the page. */
export const said = (page, text) => page.getByText(text).first().waitFor();

/** The download started by a button. @returns its path and suggested name */
export async function downloaded(page, name) {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: `Download: ${name}` }).click(),
  ]);
  return { path: await download.path(), name: download.suggestedFilename() };
}
