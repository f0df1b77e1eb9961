export { type Int8Coverage, int8Coverage, int8Text } from '../int8/coverage.js';
export { deviceFault } from './device-fault.js';
export { type Placement, placementOn, placementText } from './placement.js';
