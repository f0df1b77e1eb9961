import { thumbnail } from '@dgprompt/images';
import type { Examination, Judgement } from '@dgprompt/methods/evaluation';

/** The most mistakes shown with their picture, and the longer side of a picture in pixels. */
const shownMistakes = 200;
const pictureSide = 160;

/** The most classes for which the confusion is shown as a matrix. */
const matrixClasses = 40;

/**
 * A page of a classifier's mistakes with thumbnails, the most confident first: one self-contained HTML file.
 * @param about.title of the page
 * @param about.what was judged, as `98 test images`
 */
export async function mistakesPage(found: Examination, about: { title: string; what: string }): Promise<string> {
  const { classNames, mistakes: wrong } = found;
  const figures: string[] = [];
  for (const mistake of wrong.slice(0, shownMistakes)) figures.push(await figure(mistake, classNames));
  const more = wrong.length - figures.length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${text(about.title)}</title>
<style>${style}</style>
<main>
<h1>${text(about.title)}</h1>
<p><strong>${found.top1.toFixed(1)} %</strong> of ${text(about.what)} correct, ${wrong.length} wrong.</p>
<h2>Mistakes, most confident first</h2>
${wrong.length === 0 ? '<p>None.</p>' : `<ol class="mistakes">\n${figures.join('\n')}\n</ol>`}
${more > 0 ? `<p>And ${more} more, which were less confident.</p>` : ''}
<h2>Confusions</h2>
${confusionTable(found)}
<h2>Classes</h2>
<table>
<thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col">top-1 %</th></tr></thead>
<tbody>
${[...found.perClass]
  .sort((a, b) => a.accuracy - b.accuracy)
  .map(c => `<tr><th scope="row">${text(c.classname)}</th><td>${c.total}</td><td>${c.accuracy.toFixed(1)}</td></tr>`)
  .join('\n')}
</tbody>
</table>
</main>
</html>
`;
}

async function figure({ path, label, predicted, score, ownScore }: Judgement, classNames: string[]): Promise<string> {
  const own = text(classNames[label]!);
  const taken = text(classNames[predicted]!);
  const source = `data:image/jpeg;base64,${Buffer.from(await thumbnail(path, pictureSide)).toString('base64')}`;
  const percent = (x: number) => `${(100 * x).toFixed(x < 0.0995 ? 1 : 0)} %`;
  return `<li><figure><img src="${source}" alt="An image of ${own}" loading="lazy">
<figcaption><b>${taken}</b> ${percent(score)}<br>is ${own} ${percent(ownScore)}<br><small title="${text(path)}">${text(path.split(/[\\/]/).slice(-2).join('/'))}</small></figcaption></figure></li>`;
}

function confusionTable(found: Examination): string {
  const { classNames, judgements } = found;
  if (classNames.length > matrixClasses) return confusionList(found);
  const counts = classNames.map(() => classNames.map(() => 0));
  for (const { label, predicted } of judgements) counts[label]![predicted]!++;
  const row = (label: number) => {
    const total = Math.max(
      1,
      counts[label]!.reduce((a, b) => a + b, 0),
    );
    return counts[label]!.map(
      (n, i) =>
        `<td class="${n === 0 ? 'none' : i === label ? 'right' : 'wrong'}" style="--share:${(n / total).toFixed(2)}">${n || ''}</td>`,
    ).join('');
  };
  const heads = classNames.map(name => `<th scope="col"><span>${text(name)}</span></th>`).join('');
  return `<div class="wide"><table class="matrix">
<thead><tr><td>is ↓ taken for →</td>${heads}</tr></thead>
<tbody>
${classNames.map((name, label) => `<tr><th scope="row">${text(name)}</th>${row(label)}</tr>`).join('\n')}
</tbody></table></div>`;
}

function confusionList(found: Examination): string {
  const { classNames, confusions } = found;
  const rows = confusions
    .slice(0, 100)
    .map(
      ({ label, predicted, mistakes: m }) =>
        `<tr><th scope="row">${text(classNames[label]!)}</th><td>${text(classNames[predicted]!)}</td><td>${m.length}</td></tr>`,
    );
  if (rows.length === 0) return '<p>None.</p>';
  return `<table><thead><tr><th scope="col">is</th><th scope="col">taken for</th><th scope="col">times</th></tr></thead>
<tbody>${rows.join('\n')}</tbody></table>`;
}

const text = (value: string): string =>
  value.replace(/[&<>"']/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' })[c]!);

const style = `
:root { color-scheme: light dark; --line: light-dark(#ccc, #444); }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
main { max-width: 70rem; margin: 0 auto; padding: 1rem; }
.mistakes { list-style: none; padding: 0; display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); }
figure { margin: 0; overflow-wrap: anywhere; }
img { display: block; width: 100%; height: 10rem; object-fit: contain; background: light-dark(#eee, #222); border-radius: .4rem; }
small { color: light-dark(#555, #aaa); }
table { border-collapse: collapse; }
th, td { padding: .2rem .6rem; border-bottom: 1px solid var(--line); text-align: left; font-weight: normal; }
thead th, thead td { font-weight: 600; vertical-align: bottom; }
td { text-align: right; font-variant-numeric: tabular-nums; }
.wide { overflow-x: auto; }
.matrix th, .matrix td { padding: .15rem .35rem; text-align: center; }
.matrix tbody th { text-align: right; white-space: nowrap; }
.matrix thead span { writing-mode: vertical-rl; transform: rotate(180deg); }
.right { background: color-mix(in srgb, #2a8a4a calc(var(--share) * 55%), transparent); }
.wrong { background: color-mix(in srgb, #d0402a calc(var(--share) * 70%), transparent); }
`;
