import { expect, it } from 'vitest';
import { reportLeftOut } from './left-out.js';
import { notices } from './notices.js';

it('says what was left out, and that nothing was found', () => {
  const some = { classes: [], heic: 0, others: 0, loose: [{ name: '1.jpg', file: new Blob() }] };
  const said = (taken: Parameters<typeof reportLeftOut>[0]) => {
    notices.value = [];
    reportLeftOut(taken);
    return notices.value.map(({ text }) => text);
  };
  expect(said({ ...some, others: 1, damagedZips: ['a.zip'], largeZips: [] })).toEqual([
    '1 file left out that is not a picture.',
    'a.zip is damaged or not a zip, so nothing was taken from it.',
  ]);
  expect(said({ ...some, loose: [], others: 1, damagedZips: [], largeZips: [] })[0]).toMatch('No pictures found');
});
