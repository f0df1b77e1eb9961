export type { ProtocolSplit } from './protocols/protocol.js';
export { checkModel, type LoadOptions } from './suite.js';
export { validationSuite } from './validation-suite.js';
