export {
  type Domain,
  domains,
  type LoadTaskOptions,
  loadTask,
  pictogramTemplate,
  splitFile,
  taskTitle,
} from './load-task.js';
export { miniClip } from './mini-clip.js';
export { hashBytes, nearDuplicateThreshold, perceptualHash } from './perceptual-hash.js';
export { recommendedSettings } from './recommended.js';
export type { OnProgress, Progress } from './render-task.js';
export { type Style, type StyleName, styles } from './styles.js';
export { pictogramTasks } from './tasks.js';
