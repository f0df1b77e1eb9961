export { type CachedModel, cachedModels, cachedSnapshot, isHubId, removeModel, verifyModel } from './cache.js';
export { type PullOptions, type PullProgress, pullModel } from './pull.js';
export { type HubSettings, hubSettings } from './settings.js';
