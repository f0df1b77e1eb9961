export {
  basename as baseName,
  dirname as folderOf,
  join as joinPath,
  resolve as resolvePath,
} from './posix-path.browser.js';
