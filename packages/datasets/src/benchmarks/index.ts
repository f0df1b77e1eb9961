export type { Place, SplitItems } from './benchmark.js';
export { benchmarkFolder, type Presence, presence } from './presence.js';
