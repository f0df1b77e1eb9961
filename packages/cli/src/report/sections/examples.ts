import { resolve } from 'node:path';
import { methodTitle } from '@dgprompt/bench/methods';
import { thumbnail } from '@dgprompt/images';
import { type Html, html, raw } from '../html.js';
import type { IsNamed } from '../named-images.js';
import type { ShownMethods } from '../shown-methods.js';
import type { TestPredictions } from '../stored-run.js';

/** A test image and its predicted class. */
export interface Example {
  path: string;
  is: string;
  takenFor: string;
  /** The prediction of the method to compare with, if known. */
  other?: string;
}

/** Images of each kind, and their longer side in pixels, large enough for high-resolution screens. */
const shown = 6;
const side = 128;

/** Thumbnails of some images that a method classifies correctly and some that it does not. */
export async function examples(
  own: TestPredictions,
  compared: TestPredictions | undefined,
  { method, other }: ShownMethods,
  isNamed: IsNamed,
): Promise<Html> {
  const all = pairsOf(own, compared);
  const wrong = spreadOut(all.filter(({ is, takenFor }) => is !== takenFor));
  const right = spreadOut(all.filter(({ is, takenFor }) => is === takenFor));
  const kinds = [
    { heading: `${methodTitle(method)} is right`, found: await pictures(right.sort(telling), isNamed) },
    { heading: `${methodTitle(method)} is wrong`, found: await pictures(wrong.sort(telling), isNamed) },
  ];
  const missing = kinds.find(({ found }) => found.missing !== undefined)?.found.missing;
  return html`${kinds
    .filter(({ found }) => found.items.length > 0)
    .map(
      ({ heading, found }) =>
        html`<p class="label">${heading}</p><ul class="examples">${found.items.map(item => shownImage(item, { method, other }))}</ul>`,
    )}
${missing !== undefined && html`<p class="note">Images that are not on this machine, or not in the data named with --suite or --root, such as ${missing}, are left out.</p>`}`;
}

function pairsOf(own: TestPredictions, compared?: TestPredictions): Example[] {
  const same =
    compared?.images.length === own.images.length && compared.images.every((path, i) => path === own.images[i]);
  return own.images.map((path, i) => ({
    path,
    is: own.classNames[own.labels[i]!]!,
    takenFor: own.classNames[own.predicted[i]!]!,
    ...(same && { other: compared.classNames[compared.predicted[i]!] }),
  }));
}

/** Reorders so that the first few have different classes. */
function spreadOut(examples: readonly Example[]): Example[] {
  const seen = new Map<string, number>();
  const turns = examples.map(example => {
    const turn = seen.get(example.is) ?? 0;
    seen.set(example.is, turn + 1);
    return { example, turn };
  });
  return turns.sort((a, b) => a.turn - b.turn).map(({ example }) => example);
}

/** Images on which the two methods differ come first because they are more informative. */
const telling = (a: Example, b: Example): number => Number(differs(b)) - Number(differs(a));
const differs = ({ takenFor, other }: Example): boolean => other !== undefined && other !== takenFor;

/** The first few readable ones. */
async function pictures(
  candidates: readonly Example[],
  isNamed: IsNamed,
): Promise<{ items: Pictured[]; missing?: string }> {
  const items: Pictured[] = [];
  let missing: string | undefined;
  for (const example of candidates.slice(0, 4 * shown)) {
    if (items.length === shown) break;
    const picture = (await isNamed(example.path)) ? await small(example.path) : undefined;
    if (picture === undefined) missing ??= example.path;
    else items.push({ ...example, picture });
  }
  return { items, missing };
}

type Pictured = Example & { picture: string };

async function small(path: string): Promise<string | undefined> {
  try {
    return `data:image/jpeg;base64,${Buffer.from(await thumbnail(resolve(path), side)).toString('base64')}`;
  } catch {
    return undefined;
  }
}

function shownImage({ is, takenFor, other, picture }: Pictured, { other: name }: ShownMethods): Html {
  const right = is === takenFor;
  const comparison =
    other !== undefined &&
    name !== undefined &&
    other !== takenFor &&
    html`<br><small>${methodTitle(name)}: ${other}</small>`;
  return html`<li><figure><img src="${raw(picture)}" alt="An image of ${is}" loading="lazy" width="96" height="96">
<figcaption>${right ? html`<b>${is}</b>` : html`<b>${takenFor}</b><br>is ${is}`}${comparison}</figcaption></figure></li>`;
}
