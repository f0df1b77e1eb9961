export { ablations, expandGroups } from './choose.js';
export { loadModule } from './own-module.js';
export { methodTitle } from './title.js';
