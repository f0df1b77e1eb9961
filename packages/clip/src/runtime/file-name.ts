/** Whether a name is that of a file next to the one that names it. */
export const isFileName = (name: string): boolean =>
  name !== '' && name.length < 256 && !/[\\/\0:]/.test(name) && !name.startsWith('.');
