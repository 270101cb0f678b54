import { createColors } from 'picocolors';
import { describe, expect, it } from 'vitest';
import { escapeAroundColors, escapeControls, escapeLine } from './escape-controls.ts';

describe('text of others on a terminal', () => {
  it.each([
    ['colour', 'a\u001B[31mb', 'a\\u001b[31mb'],
    ['clear the screen', '\u009B2J', '\\u009b2J'],
    ['ring', '\u0007', '\\u0007'],
    ['start the line again', 'Paid\rUnpaid', 'Paid\\u000dUnpaid'],
    ['turn what follows', 'x\u202Ey\u2066z', 'x\\u202ey\\u2066z'],
    ['break a line in secret', 'x\u2028y\u0085z\u000Bw', 'x\\u2028y\\u0085z\\u000bw'],
    ['end the text', 'x\u0000y', 'x\\u0000y'],
  ])('cannot %s, and what it tried is seen', (_, text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('keeps lines, tabs, letters of all scripts and joined pictures', () => {
    const text = 'one\n\ttwo שלום مرحبا 👨‍👩‍👧 e\u0301';
    expect(escapeControls(text)).toBe(text);
    expect(escapeControls('one\r\ntwo')).toBe('one\ntwo');
  });

  it('has one line where it is a name', () => {
    expect(escapeLine('Ada\n   12 owner: ada')).toBe('Ada 12 owner: ada');
  });

  it('leaves a line of JSON the same value', () => {
    const value = { text: 'a\u0000\u001B\u0085\u009B\u2028\u202E\r\n"\\', more: ['\u2069'] };
    const line = escapeControls(JSON.stringify(value));
    expect(line).toMatch(/^[ -~]+$/);
    expect(JSON.parse(line)).toEqual(value);
  });

  it('keeps the colours of the line around it', () => {
    const { bold, cyan } = createColors(true);
    const line = `${bold(cyan('Ada'))} said \u001B[2J`;
    expect(escapeAroundColors(line)).toBe(`${bold(cyan('Ada'))} said \\u001b[2J`);
  });
});
