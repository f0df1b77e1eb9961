export type { DgpromptConfig } from './config/config-type.js';
