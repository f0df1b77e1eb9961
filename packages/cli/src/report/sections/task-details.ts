import type { TestResult } from '@dgprompt/bench';
import { own } from '@dgprompt/bench/records';
import { mean } from '@dgprompt/bench/tables';
import { type Counts, commonMistakes, confusion, summed } from '../confusion.js';
import { distinct } from '../group.js';
import { type Html, html } from '../html.js';
import type { IsNamed } from '../named-images.js';
import { type ClassScore, perClassBars } from '../plots/per-class.js';
import { spreadOf } from '../plots/spread.js';
import type { Look } from '../plots/styles.js';
import { type EpochState, trainingCurves } from '../plots/training-curves.js';
import type { ShownMethods } from '../shown-methods.js';
import { readPredictions, type StoredRun, type TestPredictions } from '../stored-run.js';
import { type WordReader, words } from '../words.js';
import { examples } from './examples.js';

/** The input of a task's section. */
export interface Detail {
  task: string;
  /** The runs that trained on it, all with the same shots. */
  runs: StoredRun[];
  /** In table order. */
  methods: string[];
  shown: ShownMethods;
  looks: Map<string, Look>;
  reader: WordReader;
  isNamed: IsNamed;
}

/** All details of one task: training, classes, confusions, examples, and words near the learned context. */
export async function taskDetails(detail: Detail): Promise<Html> {
  const { task, runs, methods, looks } = detail;
  const tests = distinct(runs.flatMap(run => Object.keys(run.tests)));
  const states = epochStates(runs, methods);
  const parts: Html[] = [];
  for (const test of tests) parts.push(await testDetails(detail, test));
  return html`${states.length > 0 && html`<h4>Training</h4>${trainingCurves(states, looks, task)}`}
${parts}${await wordsOf(detail)}`;
}

/** The state after each epoch over seeds, by method. */
function epochStates(runs: readonly StoredRun[], methods: readonly string[]): EpochState[] {
  return methods.flatMap(method => {
    const curves = runs.filter(({ config }) => config.method === method).map(({ epochs }) => epochs);
    const last = Math.max(0, ...curves.map(({ length }) => length));
    return Array.from({ length: last }, (_, i) => {
      const states = curves.map(epochs => epochs[i]).filter(state => state !== undefined);
      const validations = states.map(({ validation }) => validation).filter(value => value !== undefined);
      const validation = validations.length > 0 ? { validation: spreadOf(validations) } : {};
      const [first] = states;
      return {
        method,
        epoch: first!.number,
        loss: spreadOf(states.map(({ loss }) => loss)),
        learningRate: first!.learningRate,
        ...validation,
      };
    });
  });
}

async function testDetails({ runs, shown, looks, task, isNamed }: Detail, test: string): Promise<Html> {
  const title = titles.get(test) ?? test;
  const resultsOf = (method?: string) =>
    runs.filter(({ config }) => config.method === method).flatMap(({ tests }) => own(tests, test) ?? []);
  const results = resultsOf(shown.method);
  const others = resultsOf(shown.other);
  if (results.length === 0) return html``;
  const matrices: Counts[] = results.map(({ confusion }) => confusion).filter(counts => counts !== undefined);
  const about = { title, ...shown, ...(others.length === 0 && { other: undefined }) };
  const bars = perClassBars(classScores(results, others), looks, about);
  const images = await examplesOf(runs, test, about, isNamed);
  const heading = html`<h4>${task}, ${title}</h4>`;
  if (matrices.length === 0) return html`${heading}<div class="figures">${bars}<div>${images}</div></div>`;
  const counts = summed(matrices);
  const [matrix, mistakes] = [confusion(counts, `${task}, ${title}`), commonMistakes(counts)];
  const isWide = Object.keys(counts).length > beside;
  return isWide
    ? html`${heading}<div class="figures">${bars}<div>${mistakes}${images}</div></div>${matrix}`
    : html`${heading}<div class="figures">${bars}<div>${matrix}${mistakes}</div></div>${images}`;
}

/** Most classes of a matrix that fits next to the bars. */
const beside = 14;

const titles = new Map([
  ['base', 'base classes'],
  ['new', 'new classes'],
  ['all', 'all classes'],
]);

/** Averages over seeds. */
function classScores(shown: readonly TestResult[], others: readonly TestResult[]): ClassScore[] {
  const of = (results: readonly TestResult[], name: string) => {
    const values = results.map(({ perClass }) => own(perClass, name)).filter(value => value !== undefined);
    return values.length > 0 ? mean(values) : undefined;
  };
  return Object.keys(shown[0]!.perClass).map(name => ({ name, value: of(shown, name)!, other: of(others, name) }));
}

async function examplesOf(
  runs: readonly StoredRun[],
  test: string,
  about: { title: string; method: string; other?: string },
  isNamed: IsNamed,
): Promise<Html | undefined> {
  const shown = runs.find(({ config }) => config.method === about.method)!;
  const other = runs.find(({ config }) => config.method === about.other && config.seed === shown.config.seed);
  const predictions = await testOf(shown, test);
  if (typeof predictions === 'string') return html`<p class="note">${predictions}</p>`;
  const others = other && (await testOf(other, test));
  return examples(predictions, typeof others === 'string' ? undefined : others, about, isNamed);
}

/** A run's predictions in one test, or why there are none. */
async function testOf(run: StoredRun, test: string): Promise<TestPredictions | string> {
  const all = await readPredictions(run);
  if (typeof all === 'string') return all;
  return own(all, test) ?? 'This run has no predictions in this test, so there are no examples.';
}

/** The words near each method's learned context, for its first seed. */
async function wordsOf({ runs, methods, reader }: Detail): Promise<Html | undefined> {
  const first = methods.flatMap(method => runs.find(({ config }) => config.method === method) ?? []);
  const parts: Html[] = [];
  for (const run of first) {
    try {
      const contexts = await reader.read(run);
      if (contexts) parts.push(words(contexts, run.config.method));
    } catch (error) {
      parts.push(html`<p class="note">No words of ${run.config.method}: ${(error as Error).message}</p>`);
    }
  }
  if (parts.length === 0) return undefined;
  return html`<h4>Words near the learned context</h4><div class="cards">${parts}</div>`;
}
