import { existsSync } from 'node:fs';
import { run } from '../processes.mjs';

/** Flags that keep Chromium off the network. */
export const offNetwork = [
  ...['--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** Flags for WebGPU without a GPU. */
export const softwareGpu = ['--enable-unsafe-webgpu', '--enable-features=Vulkan', '--use-webgpu-adapter=swiftshader'];

/**
 * Runs checks in a real headless Chromium.
 * @param make makes what they check; its `clean` removes it
 * @param checks by name; each gets the browser and what was made, and may return additional output
 * @param args of the browser
 * @returns the counts, or why nothing could be checked
 */
export async function inChromium(make, checks, args = []) {
  const executablePath = await findChromium();
  if (!executablePath) return 'there is no Chromium, and apt-get cannot install one here';
  const { chromium } = await import('playwright-core');
  const made = await make();
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', ...args] });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    for (const [name, check] of Object.entries(checks)) {
      try {
        console.log(`passed  ${name}${(await check(browser, made)) ?? ''}`);
        counts.passed++;
      } catch (error) {
        console.log(`failed  ${name}: ${error.message.split('\n')[0]}`);
        counts.failed++;
      }
    }
    return counts;
  } finally {
    await browser.close();
    made.clean();
  }
}

/** Chromium's path, first installing it if it is missing and this user may do so. */
export async function findChromium() {
  const places = ['chromium', 'chromium-browser', 'google-chrome'].map(name => `/usr/bin/${name}`);
  const found = places.find(existsSync);
  if (found || process.platform !== 'linux' || process.getuid?.() !== 0) return found;
  console.log('Installing Chromium with apt-get …');
  const quiet = { capture: true };
  await run('apt-get', ['update', '-q'], quiet).catch(() => {});
  await run('apt-get', ['install', '-y', '-q', 'chromium'], quiet).catch(() => {});
  return places.find(existsSync);
}

/** Runs in the page: WCAG contrast between text and background, for the first element of each selector. */
export function contrasts(selectors) {
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = colour => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const luminance = colour => {
    const [r, g, b] = rgb(colour).map(v => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = element => {
    for (let at = element; at; at = at.parentElement) {
      const { backgroundColor } = getComputedStyle(at);
      if (rgb(backgroundColor)[3] === 255) return backgroundColor;
    }
    return 'white';
  };
  return selectors.map(selector => {
    const element = document.querySelector(selector);
    const { color, fill } = getComputedStyle(element);
    const ink = element instanceof SVGElement ? fill : color;
    const [a, b] = [ink, behind(element)].map(luminance).sort((x, y) => y - x);
    return { selector, ratio: (a + 0.05) / (b + 0.05) };
  });
}
