import { serve } from '../../static-server.mjs';
import { answered, said, visit } from './tab.mjs';

/** Servers without headers, and no server at all. */
export const places = {
  async 'without isolation there is one thread, and the page says so'(browser, { folder }) {
    const { url, close } = await serve(folder, { isolated: false });
    const tab = await visit(browser, url);
    await said(tab.page, 'One thread only');
    await tab.page.waitForFunction(() => navigator.serviceWorker.ready.then(() => true));
    await tab.page.reload();
    await answered(tab.page);
    const isolated = await tab.page.evaluate(() => crossOriginIsolated);
    await tab.close();
    await close();
    if (!isolated) throw new Error('the service worker does not isolate the page at the second visit');
  },

  async 'it works without a network after the first visit'(browser, { folder }) {
    const { url, close } = await serve(folder, { prefix: '/a/b/' });
    const tab = await visit(browser, `${url}#methods=gda&shots=1`);
    await said(tab.page, 'Works offline.');
    await tab.page.reload();
    await answered(tab.page);
    await close();
    await tab.page.reload();
    await answered(tab.page);
    await tab.page.getByRole('button', { name: 'Another test picture' }).click();
    await tab.page.getByText('It is: ').waitFor();
    await tab.close();
  },
};
