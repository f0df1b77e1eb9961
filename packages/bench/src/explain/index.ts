export {
  type ExplainRunOptions,
  explainRun,
  explanationFile,
  type RunExplanation,
  readExplanation,
} from './explain-run.js';
export {
  type ControlCell,
  type ExplainedControl,
  type ExplainedMethod,
  type ExplainedRun,
  explainedMethod,
} from './summary.js';
export { type TestSetsOf, testSetsIn } from './test-sets.js';
