export { type Domain, domains, type LoadTaskOptions, loadTask, pictogramTemplate, taskTitle } from './load-task.js';
export { miniClip } from './mini-clip.js';
export { hashBytes, nearDuplicateThreshold, perceptualHash } from './perceptual-hash.js';
export { recommendedSettings } from './recommended.js';
export { type Style, type StyleName, styles } from './styles.js';
export type { TaskFiles } from './task-files.browser.js';
export { pictogramTasks } from './tasks.js';
