const learned = 'var(--vp-c-brand-1, #0b6e63)';
const towers = { text: 60, vision: 440 }; // left edges
const width = 180;
const layers = [198, 148, 98]; // top edges, from the lowest layer up
const height = 34;

/**
 * A small drawing of CLIP, with the learned parts of a method in colour.
 * @param {string} title
 * @param {object} touch see `touches`
 * @returns {string} SVG on one line, for use in Markdown
 */
export function methodFigure(title, touch) {
  const parts = [
    ...Object.entries(towers).flatMap(([side, x]) => tower(side, x, touch)),
    ...outputs(touch),
    ...(touch.arrows ?? []).flatMap(arrow),
  ];
  return (
    `<svg viewBox="0 0 680 310" width="680" role="img" aria-label="${title}: ${description(touch)}" ` +
    `font-family="inherit" font-size="13" fill="currentColor"><defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" ` +
    `markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" fill="${learned}"/></marker>` +
    `</defs>${parts.join('')}</svg>`
  );
}

function tower(side, x, touch) {
  const isText = side === 'text';
  const kind = touch[side] ?? '';
  const input = isText ? words(x, touch) : patches(x, kind);
  const blocks = layers.flatMap((y, i) => [
    box(x, y, width, height, `layer ${['1', '…', 'L'][i]}`),
    ...(entersAt(kind, i) ? marks(kind, x, y) : []),
    line(x + width / 2, y, x + width / 2, y - 16),
  ]);
  return [
    ...input,
    ...blocks,
    label(x + width / 2, 302, isText ? 'text tower, frozen' : 'vision tower of patches, frozen', 0.65),
  ];
}

/** Whether the method changes layer `i` of a tower. */
function entersAt(kind, i) {
  if (kind.includes('upper')) return i > 0;
  return kind !== '' && (kind !== 'first' || i === 0);
}

function marks(kind, x, y) {
  if (kind.startsWith('inside'))
    return [`<rect x="${x + 6}" y="${y + 5}" width="10" height="${height - 10}" rx="2" fill="${learned}"/>`];
  return [0, 14].map(dx => `<rect x="${x - 34 + dx}" y="${y + 11}" width="11" height="11" rx="2" fill="${learned}"/>`);
}

function words(x, { words: isLearned }) {
  const context = isLearned
    ? [0, 1, 2, 3].map(i => `<rect x="${x + i * 18}" y="250" width="14" height="18" rx="2" fill="${learned}"/>`)
    : [label(x + 36, 264, 'a photo of a')];
  return [...context, box(x + 84, 246, 96, 26, 'class name'), line(x + width / 2, 246, x + width / 2, 234)];
}

/** Patches of the image, followed by learned tokens if the method has some in the first layer. */
function patches(x, kind) {
  const learns = kind === 'deep' || kind === 'first' ? 2 : 0;
  const cells = [0, 1, 2, 3, 4, 5].map(i => {
    const paint = i < 6 - learns ? 'fill="none" stroke="currentColor" opacity=".5"' : `fill="${learned}"`;
    return `<rect x="${x + i * 31}" y="246" width="26" height="26" rx="3" ${paint}/>`;
  });
  return [...cells, line(x + width / 2, 246, x + width / 2, 234)];
}

function outputs({ features = {}, beside, frozen, test }) {
  const feature = (side, x) => [
    box(x + 20, 56, 140, 26, `${side === 'text' ? 'text' : 'image'} feature`),
    ...(features[side] ? [chip(x + 90, 40, `+ ${features[side]}`)] : []),
  ];
  return [
    ...feature('text', towers.text),
    ...feature('vision', towers.vision),
    line(towers.text + 160, 69, 290, 69),
    line(towers.vision + 20, 69, 390, 69),
    box(290, 54, 100, 30, 'logits'),
    ...(beside
      ? [chip(340, 20, `+ ${beside}`), `<path d="M340 32V52" stroke="${learned}" marker-end="url(#tip)"/>`]
      : []),
    ...(frozen ? [label(340, 268, 'the loss compares with', 0.8), label(340, 284, 'the frozen CLIP', 0.8)] : []),
    ...(test ? [chip(340, 20, `adapts to ${test}`)] : []),
  ];
}

function arrow(kind) {
  const [left, right] = [towers.text + width + 8, towers.vision - 42];
  const path = (x1, x2, y) =>
    `<path d="M${x1} ${y}H${x2}" stroke="${learned}" stroke-width="2" marker-end="url(#tip)"/>`;
  if (kind === 'text → vision') return [path(left, right, layers[1] + 10)];
  if (kind === 'vision → text') return [path(right, left, layers[1] + 26)];
  if (kind === 'shared') return layers.slice(1).flatMap(y => [path(left, right, y + 17), path(right, left, y + 17)]);
  if (kind === 'image → words') {
    const curve = `M${towers.vision + 20} 74C330 110 350 284 250 284H110Q96 284 96 271`;
    return [`<path d="${curve}" fill="none" stroke="${learned}" stroke-width="2" marker-end="url(#tip)"/>`];
  }
  return [chip((left + right) / 2, layers[1] + 17, 'made of the class’s words')];
}

const box = (x, y, w, h, text) =>
  `<rect x="${x}" y="${y}" width="${w}" height="${h}" rx="5" fill="none" stroke="currentColor" opacity=".55"/>` +
  label(x + w / 2, y + h / 2 + 4.5, text);
const label = (x, y, text, opacity = 1) =>
  text && `<text x="${x}" y="${y}" text-anchor="middle" opacity="${opacity}">${text}</text>`;
const line = (x1, y1, x2, y2) => `<path d="M${x1} ${y1}L${x2} ${y2}" stroke="currentColor" opacity=".45"/>`;
const chip = (x, y, text) =>
  `<text x="${x}" y="${y + 4.5}" text-anchor="middle" fill="${learned}" font-weight="600">${text}</text>`;

/** The drawing in words, for screen readers. */
function description({ words, text, vision, features = {}, arrows = [], beside, frozen, test }) {
  const tokens = (kind, side) =>
    kind?.startsWith('inside') ? `changes inside the ${side} tower` : `tokens in the ${side} tower (${kind})`;
  const parts = [
    words && 'a learned context around the class name',
    text && tokens(text, 'text'),
    vision && tokens(vision, 'vision'),
    ...Object.entries(features).map(([side, what]) => `${what} on the ${side === 'text' ? 'text' : 'image'} feature`),
    ...arrows.map(kind => kind.replace('→', 'to')),
    beside,
    frozen && 'a loss that compares with the frozen CLIP',
    test && `adaptation to ${test}`,
  ].filter(Boolean);
  return parts.length === 0 ? 'nothing is learned' : parts.join('; ');
}
