/** `tsx device-fault.mjs webgpu [fp16]`: prints why a device does not start or lacks the precision, if so. */
import { deviceFault } from '@dgprompt/engine/devices';

console.log((await deviceFault(process.argv[2], process.argv[3])) ?? '');
