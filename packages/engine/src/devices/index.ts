export { deviceFault } from './device-fault.js';
export { type Placement, placementOn, placementText } from './placement.js';
