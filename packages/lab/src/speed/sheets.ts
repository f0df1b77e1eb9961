import { methodTitle } from '@dgprompt/bench/methods';
import { bytes } from '@dgprompt/io';
import {
  backends,
  compared,
  evaluated,
  families,
  inInt8,
  inTorch,
  int8Steps,
  stepName,
  steps,
  torchJobs,
  torchPrecisions,
  zooSteps,
} from './jobs.js';
import type { Results } from './results.js';

/** A table of text cells: the first column is left-aligned, the others right-aligned. */
export interface SpeedTable {
  title: string;
  head: string[];
  rows: string[][];
}

/** The tables of a run; parts that were not measured are left out. */
export const sheets = (results: Results): SpeedTable[] =>
  [
    ...[stepSheet, zooSheet, backendSheet, evaluationSheet, textSheet, pipelineSheet, startUpSheet, memorySheet],
    ...[familySheet, int8Sheet, torchSheet],
  ]
    .map(make => make(results))
    .filter(({ rows }) => rows.length > 0);

const ratio = (value: number | undefined): string => (value === undefined ? '–' : `${value.toFixed(2)} ×`);
const percent = (share: number): string => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const time = (seconds: number): string =>
  seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(2)} s`;

/** The highest rate of matrix products, in operations a second. */
export const ceilingOf = (results: Results): number | undefined => results.of('ceiling', 'ceiling')?.result.rate;

/** A row for each method whose step was timed. */
function stepRows(results: Results, timed: typeof steps): string[][] {
  const ceiling = ceilingOf(results);
  const maple = results.of('step', 'maple')?.result.seconds;
  return timed.flatMap(([method, batch, cached]) => {
    const measured = results.of('step', stepName(method, cached));
    if (!measured) return faulty(results, 'step', stepName(method, cached), 7);
    const { seconds, operations } = measured.result;
    return [
      [
        methodTitle(method) + (cached ? ', frozen features cached' : ''),
        String(batch),
        time(seconds),
        `${(operations / 1e9).toFixed(0)} GFLOP`,
        ceiling && operations ? percent(operations / seconds / ceiling) : '–',
        ratio(maple && seconds / maple),
        bytes(measured.peakBytes),
      ],
    ];
  });
}

const stepHead = ['', 'batch', 'step', 'products', 'of the ceiling', 'against MaPLe', 'peak memory'];

function zooSheet(results: Results): SpeedTable {
  return { title: 'Training step of the other methods', head: stepHead, rows: stepRows(results, zooSteps) };
}

function stepSheet(results: Results): SpeedTable {
  const ceiling = ceilingOf(results);
  const maple = results.of('step', 'maple')?.result.seconds;
  const tower = results.of('tower', 'tower')?.result;
  const rows = stepRows(results, steps);
  if (tower && rows.length > 0)
    rows.push([
      'vision tower, forward alone',
      String(tower.batch),
      time(tower.seconds),
      `${(tower.operations / 1e9).toFixed(0)} GFLOP`,
      ceiling ? percent(tower.operations / tower.seconds / ceiling) : '–',
      ratio(maple && tower.seconds / maple),
      bytes(results.of('tower', 'tower')!.peakBytes),
    ]);
  return {
    title: 'Training step',
    head: stepHead,
    rows,
  };
}

function backendSheet(results: Results): SpeedTable {
  const titles = { onnxruntime: 'onnxruntime, compiled', tensorflow: 'tfjs-node', wasm: 'tfjs-wasm', cpu: 'tfjs-cpu' };
  const rows = compared.flatMap(method =>
    backends.flatMap(backend => {
      const name = `${method} on ${backend}`;
      const measured = results.of('backend', name);
      if (!measured) return faulty(results, 'backend', `${methodTitle(method)}, ${titles[backend]}`, 4, name);
      const fastest = results.of('backend', `${method} on onnxruntime`)?.result.seconds;
      const { seconds } = measured.result;
      return [
        [
          `${methodTitle(method)}, ${titles[backend]}`,
          time(seconds),
          ratio(fastest && seconds / fastest),
          bytes(measured.peakBytes),
        ],
      ];
    }),
  );
  return {
    title: 'Training step of the mini-CLIP on other backends, batch 4',
    head: ['', 'step', 'slower', 'peak memory'],
    rows,
  };
}

function evaluationSheet(results: Results): SpeedTable {
  const tower = results.of('tower', 'tower')?.result;
  const ceiling = ceilingOf(results);
  const rows = evaluated.flatMap(method => {
    const measured = results.of('evaluation', method);
    if (!measured) return faulty(results, 'evaluation', method, 6);
    const { images, bare, operations } = measured.result;
    return [
      [
        methodTitle(method),
        images.toFixed(1),
        tower ? percent((images * tower.seconds) / tower.batch) : '–',
        percent(images / bare),
        ceiling ? percent((images * operations) / ceiling) : '–',
        bytes(measured.peakBytes),
      ],
    ];
  });
  return {
    title: 'Testing photographs: decoding, towers, logits',
    head: ['', 'images a second', 'of the bare vision tower', 'in the same batches', 'of the ceiling', 'peak memory'],
    rows,
  };
}

function textSheet(results: Results): SpeedTable {
  const measured = results.of('ensemble', 'ensemble');
  const rows = measured
    ? [
        ['text features of 1,000 made-up classes × 80 templates', time(measured.result.seconds)],
        ['prompts a second', (measured.result.prompts / measured.result.seconds).toFixed(0)],
        ['the second time, from disk', time(measured.result.again)],
        ['peak memory', bytes(measured.peakBytes)],
      ]
    : faulty(results, 'ensemble', 'ensemble', 2);
  return { title: 'Zero-shot with an ensemble of templates', head: ['', ''], rows };
}

function pipelineSheet(results: Results): SpeedTable {
  const measured = results.of('pipeline', 'maple');
  const rows = measured
    ? [
        ['decoded and augmented, a second and core', `${measured.result.images.toFixed(0)} images`],
        ["share of MaPLe's training that waits for images", percent(measured.result.waiting)],
      ]
    : faulty(results, 'pipeline', 'maple', 2);
  return { title: 'Images', head: ['', ''], rows };
}

function startUpSheet(results: Results): SpeedTable {
  const measured = results.of('startUp', 'maple')?.result;
  if (!measured) return { title: 'Start-up', head: ['', ''], rows: faulty(results, 'startUp', 'maple', 2) };
  const { load, clip, prepare, trace, session, step, total } = measured;
  const rows = [
    ['Node and packages', load],
    ['loadClip, with its checks and hash', clip],
    ['preparing the method', prepare],
    ['tracing', trace],
    ["ONNX Runtime's session", session],
    ['first step', step],
    ['from start to first step done', total],
  ] as const;
  return { title: 'Start-up, MaPLe', head: ['', ''], rows: rows.map(([what, seconds]) => [what, time(seconds)]) };
}

function memorySheet(results: Results): SpeedTable {
  const rows = ['ViT-B/16', 'mini-CLIP'].flatMap(name => {
    const measured = results.of('memory', name);
    if (!measured) return faulty(results, 'memory', name, 5);
    const { steps, early, late } = measured.result;
    const change = `${late >= early ? '+' : '−'}${Math.abs(100 * (late / early - 1)).toFixed(1)} %`;
    return [[`MaPLe, ${name}`, String(steps), bytes(early), bytes(late), change]];
  });
  return { title: 'Resident memory over many steps', head: ['', 'steps', 'after 20', 'at the end', 'change'], rows };
}

function familySheet(results: Results): SpeedTable {
  const ceiling = ceilingOf(results);
  const base = results.of('step', 'maple')?.result.seconds;
  const row = (title: string, tower: string, step: string): string[][] => {
    const [forward, trained] = [results.of('tower', tower)?.result, results.of('step', step)];
    if (!forward || !trained) return faulty(results, 'step', title, 6, step);
    const { seconds, operations } = trained.result;
    return [
      [
        title,
        (forward.batch / forward.seconds).toFixed(1),
        time(seconds),
        ratio(base && seconds / base),
        ceiling && operations ? percent(operations / seconds / ceiling) : '–',
        bytes(trained.peakBytes),
      ],
    ];
  };
  const others = families.flatMap(shape => row(shape, shape, `maple on ${shape}`));
  return {
    title: 'Other CLIPs: the vision tower forward, and a step of MaPLe with a batch of 4',
    head: ['', 'images a second', 'step', 'against ViT-B/16', 'of the ceiling', 'peak memory'],
    rows: others.length > 0 ? [...row('ViT-B/16', 'tower', 'maple'), ...others] : [],
  };
}

/** Measurements that there are in float32 and in int8, by what they are called in the table. */
export const int8Rows: readonly { title: string; row: 'tower' | 'step'; name: string }[] = [
  { title: 'vision tower, forward alone, batch 4', row: 'tower', name: 'tower, batch 4' },
  ...int8Steps.map(([method, batch, cached]) => ({
    title: `${methodTitle(method)}'s step${cached ? ', frozen features cached' : ''}, batch ${batch}`,
    row: 'step' as const,
    name: stepName(method, cached),
  })),
  { title: 'vision tower of ViT-L/14, forward alone, batch 4', row: 'tower', name: 'tower on ViT-L/14, batch 4' },
  { title: "MaPLe's step on ViT-L/14, batch 4", row: 'step', name: 'maple on ViT-L/14' },
];

function int8Sheet(results: Results): SpeedTable {
  const rows = int8Rows.flatMap(({ title, row, name }) => {
    const [whole, narrow] = [results.of(row, name), results.of(row, inInt8(name))];
    if (!whole || !narrow) return faulty(results, row, title, 6, inInt8(name));
    return [
      [
        title,
        time(whole.result.seconds),
        time(narrow.result.seconds),
        ratio(whole.result.seconds / narrow.result.seconds),
        bytes(narrow.peakBytes),
        ratio(narrow.peakBytes / whole.peakBytes),
      ],
    ];
  });
  const head = ['', 'float32', 'int8', 'faster', 'peak memory in int8', "of float32's"];
  return { title: 'Frozen towers in int8', head, rows };
}

/** PyTorch beside ours, a row for each of its precisions. */
function torchSheet(results: Results): SpeedTable {
  const rows = torchJobs.flatMap(({ name }) => {
    const { title, row } = int8Rows.find(one => one.name === name)!;
    const [whole, narrow] = [results.of(row, name), results.of(row, inInt8(name))];
    return torchPrecisions.flatMap(precision => {
      const called = `${title}, ${precision}`;
      const measured = results.of('torch', inTorch(name, precision))?.result;
      if (!measured) return faulty(results, 'torch', called, 5, inTorch(name, precision));
      const faster = (ours: typeof whole) => ratio(ours && measured.seconds / ours.result.seconds);
      return [[called, time(measured.seconds), faster(whole), faster(narrow), bytes(measured.peakBytes)]];
    });
  });
  const head = ['', 'PyTorch', 'ours in float32, faster', 'ours in int8, faster', "PyTorch's peak memory"];
  return { title: 'PyTorch, as MaPLe was published (bfloat16: autocast)', head, rows };
}

/** A row that says why there are no numbers; none at all if nothing was to be measured. */
function faulty(
  results: Results,
  row: Parameters<Results['fault']>[0],
  title: string,
  columns: number,
  name = title,
): string[][] {
  const fault = results.fault(row, name);
  if (fault === undefined) return [];
  return [[`${title}: left out, ${fault.replace(/\.$/, '')}`, ...new Array<string>(columns - 1).fill('–')]];
}
