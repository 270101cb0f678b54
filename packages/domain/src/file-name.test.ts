import { expect, test } from 'vitest';
import { cleanFileName } from './file-name.ts';

test.each([
  ['invoice.pdf', 'invoice.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\me\\offer.docx', 'offer.docx'],
  ['a\u202Egnp.exe', 'agnp.exe'],
  ['line\r\nbreak\u0000.txt', 'linebreak.txt'],
  ['  .hidden. ', 'hidden'],
  ['what? <now>: "a|b"*.txt', 'what_ _now__ _a_b__.txt'],
  ['Zu\u0308rich.txt', 'Z\u00FCrich.txt'],
  ['\u200B\u2066', 'file'],
  ['folder/', 'file'],
  ['...', 'file'],
])('%j is saved as %j', (given, clean) => {
  expect(cleanFileName(given)).toBe(clean);
});

test('a long name is cut before its ending, between characters', () => {
  const clean = cleanFileName(`${'👩'.repeat(500)}.jpeg`);
  expect(Array.from(clean)).toHaveLength(200);
  expect(clean.endsWith('👩.jpeg')).toBe(true);
  expect(cleanFileName('x'.repeat(500))).toHaveLength(200);
});
