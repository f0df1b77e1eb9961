import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { entryPoints } from '../entry-points.mjs';
import { root } from '../setup.mjs';
import { folders, repository } from './folders.mjs';

/**
 * Checks the built site: links and their anchors, a place in the reference for every public name, a page for every
 * method. The output of its blocks was checked when they ran.
 * @param {{ base: string, blocks: { run: number, notRun: { page: string, reason: string }[] } }} made
 * @returns {Promise<import('../summary.mjs').Counts>}
 */
export async function checkSite({ base, blocks }) {
  const pages = htmlFiles();
  const counts = { passed: blocks.run, failed: 0, skipped: blocks.notRun.length };
  console.log(`${blocks.run} blocks were run; ${blocks.notRun.length} cannot run here:`);
  for (const [reason, places] of grouped(blocks.notRun)) console.log(`  ${reason}: ${places.join(', ')}`);
  const checks = {
    [`every link of ${pages.size} pages leads somewhere`]: brokenLinks(pages, base),
    'every public name is in the reference': missingNames(pages),
    'every method has a page': await missingMethods(pages),
  };
  for (const [name, problems] of Object.entries(checks)) {
    console.log(`${problems.length === 0 ? 'passed' : 'failed'}  ${name}`);
    for (const problem of problems) console.log(`        ${problem}`);
    counts[problems.length === 0 ? 'passed' : 'failed']++;
  }
  return counts;
}

/** The pages made by VitePress, by path, with their ids. */
function htmlFiles() {
  const files = readdirSync(folders.site, { recursive: true, encoding: 'utf8' })
    .map(file => file.replaceAll('\\', '/'))
    .filter(file => file.endsWith('.html') && !/^(playground|kept)\//.test(file));
  return new Map(
    files.map(file => {
      const html = readFileSync(join(folders.site, file), 'utf8');
      return [file, { html, ids: new Set([...html.matchAll(/ id="([^"]*)"/g)].map(([, id]) => text(id))) }];
    }),
  );
}

const text = html => html.replaceAll('&amp;', '&').replaceAll('&#39;', "'").replaceAll('&quot;', '"');

function brokenLinks(pages, base) {
  const broken = new Set();
  for (const [file, { html }] of pages) {
    if (file === '404.html') continue;
    for (const [, link] of html.matchAll(/ (?:href|src)="([^"]*)"/g)) {
      const problem = problemOf(text(link), file, pages, base);
      if (problem) broken.add(`${file}: ${link} ${problem}`);
    }
  }
  return [...broken];
}

const sourceLink = new RegExp(`^${repository}/(?:blob|tree)/main/([^#]+)`);

function problemOf(link, file, pages, base) {
  const [, source] = sourceLink.exec(link) ?? [];
  if (source) return existsSync(join(root, decodeURI(source))) ? undefined : 'is not in the repository';
  if (/^[a-z]+:/.test(link)) return undefined; // another site
  const [path, anchor] = link.split('#');
  if (path.startsWith('/') && !path.startsWith(base)) return 'is outside of the site';
  const found =
    path === '' ? file : path.startsWith('/') ? path.slice(base.length) : posix.join(posix.dirname(file), path);
  const target = decodeURI(found === '' || found.endsWith('/') ? `${found}index.html` : found);
  const place = join(folders.site, target);
  if (!existsSync(place) || !statSync(place).isFile()) return 'does not exist';
  if (anchor && pages.has(target) && !pages.get(target).ids.has(decodeURIComponent(anchor)))
    return 'has no such anchor';
  return undefined;
}

/** Names missing from the reference that are in the public API listings, which `npm run lint` keeps up to date. */
function missingNames(pages) {
  return entryPoints().flatMap(({ folder, name }) => {
    const listing = readFileSync(join(root, 'packages', folder, 'API.md'), 'utf8');
    const part = listing.split(/^## /m).find(part => part.startsWith(`${name}\n`)) ?? '';
    const names = [...part.matchAll(/^(?:interface |type |class )?([\w$]+)(?:: | = | \{|$)/gm)].map(
      ([, found]) => found,
    );
    const page = pages.get(`api/${name.replace(/^@dgprompt\//, '')}.html`);
    if (!page) return [`${name} has no page`];
    const headings = new Set([...page.html.matchAll(/<h[34] id="([^"]+)"/g)].map(([, id]) => id.replace(/-\d+$/, '')));
    const isThere = one => headings.has(one.replace(/^\$/, '').replaceAll('_', '-').toLowerCase());
    const own = names.filter(one => !/^\d+$/.test(one) && one !== name);
    if (own.length === 0) return [`API.md lists no name of ${name}`];
    return own.filter(one => !isThere(one)).map(one => `${name}: ${one}`);
  });
}

async function missingMethods(pages) {
  const { methodNames } = await import('@dgprompt/methods');
  return methodNames.filter(id => !pages.has(`methods/${id}.html`));
}

/** Places grouped by reason. */
function grouped(notRun) {
  const reasons = new Map();
  for (const { page, reason } of notRun) reasons.set(reason, [...(reasons.get(reason) ?? []), page]);
  return reasons;
}
