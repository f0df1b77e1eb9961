import { expect, test } from 'vitest';
import { splitList } from './split-list.js';

test('separators inside brackets and quotes do not split', () => {
  expect(splitList('maple, coop:csc')).toEqual(['maple', 'coop:csc']);
  expect(splitList('a=["x,y",[1,2]],b={"c":1,"d":2}')).toEqual(['a=["x,y",[1,2]]', 'b={"c":1,"d":2}']);
  expect(splitList('a,,b')).toEqual(['a', '', 'b']);
});
