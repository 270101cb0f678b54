import { createReadStream } from 'node:fs';
import { UserError } from '../../output/errors.ts';

export type Line = { number: number; bytes: number } & ({ text: string } | { problem: string });

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** No line of an archive is as long; a file without line breaks must not fill the memory. */
const LONGEST_LINE_BYTES = 64 * 1024 * 1024;

const UTF8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const UTF16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/**
 * The lines of a file, parted by line feeds alone: JSON has U+2028 and other line separators inside of its texts.
 * @throws UserError for a file in UTF-16
 */
export async function* readLines(file: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let parts: Buffer[] = [];
  let bytes = 0;
  let number = 0;
  const lineOf = (): Line => {
    number += 1;
    const place = { number, bytes: bytes + 1 };
    if (bytes > LONGEST_LINE_BYTES) return { ...place, problem: 'Longer than any line of an archive' };
    let line = Buffer.concat(parts);
    if (number === 1) {
      if (UTF16_MARKS.some((mark) => mark.equals(line.subarray(0, 2))))
        throw new UserError(utf16Message(file));
      if (UTF8_MARK.equals(line.subarray(0, 3))) line = line.subarray(3);
    }
    if (line.at(-1) === CARRIAGE_RETURN) line = line.subarray(0, -1);
    try {
      return { ...place, text: decoder.decode(line) };
    } catch {
      return { ...place, problem: 'Not readable as UTF-8' };
    }
  };
  const add = (part: Buffer) => {
    bytes += part.length;
    if (bytes > LONGEST_LINE_BYTES) parts = [];
    else parts.push(part);
  };
  // A file stream without an encoding gives Buffers.
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end !== -1; end = chunk.indexOf(NEWLINE, start)) {
      add(chunk.subarray(start, end));
      start = end + 1;
      yield lineOf();
      [parts, bytes] = [[], 0];
    }
    if (start < chunk.length) add(chunk.subarray(start));
  }
  if (bytes > 0) yield lineOf();
}

function utf16Message(file: string): string {
  return `${file} is in UTF-16, as Windows PowerShell writes what is sent to a file with >. Give the file to the export instead: baton export ${file}`;
}
