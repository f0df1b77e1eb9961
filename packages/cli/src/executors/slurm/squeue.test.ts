import { expect, test } from 'vitest';
import { parseSqueue } from './squeue.js';

test('queued and running tasks are distinguished', () => {
  const text = `
7|4|PENDING|(Resources)
7|0|RUNNING|node1
7|1|COMPLETING|node[1-2]
9|12|REQUEUE_HOLD|(launch failed requeued held)
`;
  expect(parseSqueue(text)).toEqual([
    { jobId: '7', task: 4, state: 'queued', detail: 'Resources' },
    { jobId: '7', task: 0, state: 'running', detail: 'node1' },
    { jobId: '7', task: 1, state: 'running', detail: 'node[1-2]' },
    { jobId: '9', task: 12, state: 'queued', detail: 'launch failed requeued held' },
  ]);
});

test('a reason may contain a bar', () => {
  expect(parseSqueue('7|4|PENDING|(a|b)')).toEqual([{ jobId: '7', task: 4, state: 'queued', detail: 'a|b' }]);
});

test('ended tasks, other jobs and headings are skipped', () => {
  expect(parseSqueue('CLUSTER: one\n7|1|CANCELLED|node1\n8|N/A|RUNNING|node1\n7|2|COMPLETED|node1\n')).toEqual([]);
});
