export { cachedSnapshot, isHubId } from './cache.js';
export { type PullOptions, type PullProgress, pullModel } from './pull.js';
export { type HubSettings, hubSettings } from './settings.js';
