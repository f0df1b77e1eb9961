import type { Results } from '../results.js';
import type { SpeedTable } from './cells.js';
import { familySheet } from './families.js';
import { int8Sheet, torchSheet } from './int8.js';
import { backendSheet, stepSheet, zooSheet } from './steps.js';
import { evaluationSheet, memorySheet, pipelineSheet, startUpSheet, textSheet } from './testing.js';
import { adaptationSheet, fitSheet } from './zoo.js';

const all = [
  stepSheet,
  zooSheet,
  fitSheet,
  adaptationSheet,
  backendSheet,
  evaluationSheet,
  textSheet,
  pipelineSheet,
  startUpSheet,
  memorySheet,
  familySheet,
  int8Sheet,
  torchSheet,
];

/** The tables of a run, without the parts that were not measured. */
export const sheets = (results: Results): SpeedTable[] =>
  all.map(make => make(results)).filter(({ rows }) => rows.length > 0);
