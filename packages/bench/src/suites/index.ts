export type { ProtocolSplit } from './protocols/protocol.js';
export { checkModel, type LoadOptions, type SuiteOptions } from './suite.js';
export { validationSuite } from './validation-suite.js';
