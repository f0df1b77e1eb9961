const box = { width: 128, height: 34, gapX: 40, gapY: 30 };

/** The graph that `compile` records for the program in `docs/explained/compile.md`, as a drawing in Markdown. */
export async function graphFigure() {
  const { nodes, inputs, outputs } = await recorded();
  const names = new Map([...inputs.map((input, i) => [input.name, ['x', 'y'][i]]), ['s0', 'weight']]);
  const results = new Map(outputs.map(({ name }, i) => [name, ['loss', 'gradient'][i]]));
  const level = new Map();
  const places = [...names.keys()].map((name, i) => ({ name, text: names.get(name), row: 0, column: i }));
  for (const name of names.keys()) level.set(name, 0);
  const columns = [names.size];
  for (const {
    op,
    inputs: from,
    outputs: [name],
  } of nodes) {
    const row = 1 + Math.max(0, ...from.map(input => level.get(input) ?? 0));
    level.set(name, row);
    const column = columns[row] ?? 0;
    columns[row] = column + 1;
    places.push({ name, text: op, row, column, from: from.filter(input => level.has(input)), is: results.get(name) });
  }
  return `<div class="figure">${drawn(places)}</div>`;
}

/** The forward pass, the loss and the gradient of least squares on four rows. */
async function recorded() {
  const tf = await import('@tensorflow/tfjs-core');
  const [{ useDevice, valueAndGrads }, { recordPortable }] = await Promise.all([
    import('@dgprompt/engine'),
    import('@dgprompt/engine/portable'),
  ]);
  await useDevice({ threads: 1 });
  const weight = tf.variable(tf.zeros([2, 1]));
  const step = (x, y) => {
    const [loss, gradients] = valueAndGrads({ weight }, () => tf.mean(tf.square(tf.sub(tf.matMul(x, weight), y))));
    return [loss, gradients.weight];
  };
  return recordPortable(step, [tf.zeros([4, 2]), tf.zeros([4, 1])]);
}

function drawn(places) {
  const rows = 1 + Math.max(...places.map(({ row }) => row));
  const columns = 1 + Math.max(...places.map(({ column }) => column));
  const [stepX, stepY] = [box.width + box.gapX, box.height + box.gapY];
  const at = new Map(places.map(({ name, row, column }) => [name, [column * stepX + 8, row * stepY + 4]]));
  const edges = places.flatMap(({ name, from = [] }) => from.map(other => edge(at.get(other), at.get(name))));
  const boxes = places.map(({ name, text, row, is }) => node(at.get(name), text, row === 0, is));
  const [width, height] = [columns * stepX + 60, rows * stepY];
  const words = places.filter(({ from }) => from).map(({ text }) => text);
  return (
    `<svg viewBox="0 0 ${width} ${height}" width="${width}" role="img" font-family="inherit" font-size="13" ` +
    `fill="currentColor" aria-label="One graph of the nodes ${words.join(', ')}"><defs><marker id="end" viewBox="0 0 8 8" ` +
    `refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0L8 4L0 8z"/></marker></defs>` +
    `${edges.join('')}${boxes.join('')}</svg>`
  );
}

const edge = ([x1, y1], [x2, y2]) => {
  const [fromX, fromY, toX, toY] = [x1 + box.width / 2, y1 + box.height, x2 + box.width / 2, y2 - 1];
  const middle = (fromY + toY) / 2;
  return `<path d="M${fromX} ${fromY}C${fromX} ${middle} ${toX} ${middle} ${toX} ${toY}" fill="none" stroke="currentColor" opacity=".6" marker-end="url(#end)"/>`;
};

function node([x, y], text, isInput, result) {
  const colour = result ? 'var(--vp-c-brand-1, #0b6e63)' : 'currentColor';
  const frame = `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="${isInput ? 17 : 5}" fill="var(--vp-c-bg, #fff)" stroke="${colour}" stroke-width="${result ? 2 : 1}"/>`;
  const end = result
    ? `<text x="${x + box.width + 8}" y="${y + 22}" fill="${colour}" font-weight="600">${result}</text>`
    : '';
  return `${frame}<text x="${x + box.width / 2}" y="${y + 22}" text-anchor="middle">${text}</text>${end}`;
}
