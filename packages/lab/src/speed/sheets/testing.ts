import { methodTitle } from '@dgprompt/bench/methods';
import { bytes } from '@dgprompt/io';
import { evaluated } from '../jobs.js';
import type { Results } from '../results.js';
import { ceilingOf, faulty, percent, type SpeedTable, time } from './cells.js';

export function evaluationSheet(results: Results): SpeedTable {
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

export function textSheet(results: Results): SpeedTable {
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

export function pipelineSheet(results: Results): SpeedTable {
  const measured = results.of('pipeline', 'maple');
  const rows = measured
    ? [
        ['decoded and augmented, a second and core', `${measured.result.images.toFixed(0)} images`],
        ["share of MaPLe's training that waits for images", percent(measured.result.waiting)],
      ]
    : faulty(results, 'pipeline', 'maple', 2);
  return { title: 'Images', head: ['', ''], rows };
}

export function startUpSheet(results: Results): SpeedTable {
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

export function memorySheet(results: Results): SpeedTable {
  const rows = ['ViT-B/16', 'mini-CLIP'].flatMap(name => {
    const measured = results.of('memory', name);
    if (!measured) return faulty(results, 'memory', name, 5);
    const { steps, early, late } = measured.result;
    const change = `${late >= early ? '+' : '−'}${Math.abs(100 * (late / early - 1)).toFixed(1)} %`;
    return [[`MaPLe, ${name}`, String(steps), bytes(early), bytes(late), change]];
  });
  return { title: 'Resident memory over many steps', head: ['', 'steps', 'after 20', 'at the end', 'change'], rows };
}
