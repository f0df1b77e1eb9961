export {
  type CachedModel,
  cachedModels,
  cachedSnapshot,
  isHubId,
  type PullOptions,
  type PullProgress,
  pullModel,
  removeModel,
  verifyModel,
} from './model.js';
export { type HubSettings, hubSettings } from './settings.js';
