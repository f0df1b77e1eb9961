function nowhere(): never {
  throw new Error('ONNX Runtime writes its profiles to files, which a browser does not have: profile in Node.');
}

export const profilesIn = (_folder: string): string[] => nowhere();
export const makeProfileFolder = (_folder: string): void => nowhere();
export const profilePrefix = (_folder: string, _n: number): string => nowhere();
export const readProfile = (_file: string): unknown => nowhere();

/** None: browsers cannot tell where nodes run. */
export const temporaryProfile = (): { prefix: string; take(): unknown } | undefined => undefined;
