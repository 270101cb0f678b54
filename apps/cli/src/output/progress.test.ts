import { afterEach, expect, test, vi } from 'vitest';
import { recordingTerminal } from '../../test/recording-terminal.ts';
import { createProgress } from './progress.ts';

afterEach(() => vi.restoreAllMocks());

test('nobody watches: nothing is drawn', () => {
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  using progress = createProgress(recordingTerminal().terminal, 'things', 3);
  progress.advance();
  expect(write).not.toHaveBeenCalled();
});

test('somebody watches: a bar counts up on the error stream', () => {
  const drawn: string[] = [];
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => drawn.push(String(text)) > 0);
  Object.assign(process.stderr, { isTTY: true, cursorTo: () => true, clearLine: () => true });
  const { terminal } = recordingTerminal({ isInteractive: true });
  {
    using progress = createProgress(terminal, 'things', 2);
    progress.advance();
    progress.advance();
  }
  expect(drawn.join('')).toContain('0/2 things');
});
