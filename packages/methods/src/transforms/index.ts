export type { ViewOptions } from './training-views.js';
export { cachedViews, testViews, trainViews, type Views } from './views.js';
