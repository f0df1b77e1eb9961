export { type CheckMethodOptions, checkMethod } from './check-method.js';
