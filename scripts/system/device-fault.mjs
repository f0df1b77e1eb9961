/** `tsx device-fault.mjs webgpu`: prints why a device does not start; nothing if it does. */
import { deviceFault } from '@dgprompt/engine';

console.log((await deviceFault(process.argv[2])) ?? '');
