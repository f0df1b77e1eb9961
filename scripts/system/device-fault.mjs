/**
 * `tsx device-fault.mjs webgpu [fp16]`: prints why a device does not start, or does not compute so; nothing if it does.
 */
import { deviceFault } from '@dgprompt/engine/devices';

console.log((await deviceFault(process.argv[2], process.argv[3])) ?? '');
