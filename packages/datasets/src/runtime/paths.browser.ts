import { posixPath } from '@dgprompt/io';

export const { basename, dirname, extname, isAbsolute, join, relative, resolve, sep } = posixPath;
