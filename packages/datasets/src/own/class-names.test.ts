import { expect, test } from 'vitest';
import { cleanClassName } from './class-names.js';

test.each([
  ['golden_retriever', 'golden retriever'],
  ['maine-coon', 'maine coon'],
  ['GoldenRetriever', 'golden retriever'],
  ['goldenRetriever', 'golden retriever'],
  ['TVMonitor', 'TV monitor'],
  ['New_York', 'New York'],
  ['USB', 'USB'],
  ['TVs', 'TVs'],
  ['DVDs', 'DVDs'],
  ['old_SUVs', 'old SUVs'],
  ['IPv6', 'IPv6'],
  ['PCIe_card', 'PCIe card'],
  ['GPSDevice', 'GPS device'],
  ['t-shirt', 't-shirt'],
  ['X-ray', 'X-ray'],
  ['red-t-shirt', 'red t-shirt'],
  ['n02085620-Chihuahua', 'Chihuahua'],
  ['n01440764_tench', 'tench'],
  ['n01440764', 'n01440764'],
  ['iPhone', 'iPhone'],
  ['001.Black_footed_Albatross', 'Black footed Albatross'],
  ['  two  spaces_', 'two spaces'],
  ['ÄpfelKorb', 'äpfel korb'],
  ['707-320', '707 320'],
  ['007', '007'],
  ['3.5', '3.5'],
  ['---', '---'],
])('%s → %s', (folder, name) => {
  expect(cleanClassName(folder)).toBe(name);
});
